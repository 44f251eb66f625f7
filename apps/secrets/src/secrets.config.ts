import { resolve } from 'node:path';
import { EnvInt, EnvText, EnvUrl, type ConfigProblem } from '#boot';
import { ConnectorsConfig } from './connectors/connectors.config.js';

/** What the secrets service is told by its environment. */
export class SecretsConfig extends ConnectorsConfig {
  @EnvText('KEK_FILE', {
    default: '',
    description:
      'File with the 32 bytes of the key-encryption key, mode 0600. Development makes it when it is missing.',
  })
  private readonly kekPath!: string;

  @EnvText('LICENSE_ISSUER', { max: 128, description: '`iss` of license blobs.' })
  licenseIssuer!: string;

  @EnvText('LICENSE_PRODUCT', { max: 64, description: '`prod` of license blobs.' })
  licenseProduct!: string;

  @EnvUrl('PUBLIC_URL', { description: 'The issuer of every token; no other is signed.' })
  publicUrl!: string;

  @EnvInt('DATA_KEY_CACHE_SECONDS', {
    default: 60,
    min: 1,
    max: 300,
    description: 'How long an open data key is kept in memory.',
  })
  dataKeyCacheSeconds!: number;

  @EnvInt('DATA_KEY_MAX_SEALS', {
    default: 1_000_000_000,
    min: 1,
    max: 4_294_967_296,
    description: 'Values that one data key seals before another takes its place (NIST SP 800-38D §8.3).',
  })
  dataKeyMaxSeals!: number;

  @EnvInt('DATA_KEY_MAX_DAYS', {
    default: 365,
    min: 1,
    max: 36_500,
    description: 'Days after which another data key takes a data key’s place.',
  })
  dataKeyMaxDays!: number;

  @EnvText('BROADCASTER_PUBLIC_KEY', {
    default: '',
    pattern: /^([A-Za-z0-9_-]{43})?$/,
    description: 'X25519 key of the broadcaster (base64url): stream keys are then handed out sealed to it.',
  })
  broadcasterPublicKey!: string;

  verify(): ConfigProblem[] {
    if (this.kekPath || this.kekProvider) return [];
    const fix = 'Name the file of the key-encryption key, or its provider in KEK_PROVIDER.';
    return [{ name: 'KEK_FILE', wrong: 'is missing', fix }];
  }

  get kekFile(): string {
    return resolve(this.kekPath);
  }
}
