import { resolve } from 'node:path';
import { DataAppConfig, EnvText, EnvUrl } from '#boot';

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

  get kekFile(): string {
    return resolve(this.kekPath);
  }
}
