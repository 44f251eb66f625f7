import { resolve } from 'node:path';
import { DataAppConfig, EnvInt, EnvSecret, EnvText, EnvUrl } from '#boot';

/** What the secrets service is told by its environment. */
export class SecretsConfig extends DataAppConfig {
  @EnvText('KEK_FILE', {
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

  @EnvText('YOUTUBE_CLIENT_ID', {
    default: '',
    min: 0,
    description: 'What Gatehouse is registered with at Google; without it nobody connects a channel.',
  })
  youtubeClientId!: string;

  @EnvSecret('YOUTUBE_CLIENT_SECRET', { default: '', min: 0, description: 'Its secret.' })
  youtubeClientSecret!: string;

  @EnvUrl('YOUTUBE_AUTHORIZE_URL', { default: 'https://accounts.google.com/o/oauth2/v2/auth' })
  youtubeAuthorizeUrl!: string;

  @EnvUrl('YOUTUBE_TOKEN_URL', { default: 'https://oauth2.googleapis.com/token' })
  youtubeTokenUrl!: string;

  @EnvUrl('YOUTUBE_REVOKE_URL', { default: 'https://oauth2.googleapis.com/revoke' })
  youtubeRevokeUrl!: string;

  @EnvUrl('YOUTUBE_API_URL', { default: 'https://www.googleapis.com/youtube/v3' })
  youtubeApiUrl!: string;

  get kekFile(): string {
    return resolve(this.kekPath);
  }
}
