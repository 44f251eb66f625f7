import { DataAppConfig, EnvInt, EnvList, EnvSecret, EnvText, EnvUrl } from '#boot';

/**
 * Where the key-encryption key and signing keys are held. A provider is written as an address:
 * `file:/run/secrets/kek`, `vault:https://vault:8200/transit/gatehouse`,
 * `awskms:eu-central-1/alias/gatehouse`, `gcpkms:projects/p/locations/l/keyRings/r/cryptoKeys/k`,
 * `pkcs11:token=gatehouse;object=kek?module-path=/usr/lib/softhsm/libsofthsm2.so` (RFC 7512).
 */
export class KeyProvidersConfig extends DataAppConfig {
  @EnvText('KEK_PROVIDER', {
    default: '',
    description: 'Address of the provider of the key-encryption key; default: the file KEK_FILE.',
    example: 'vault:https://vault:8200/transit/gatehouse',
  })
  kekProvider!: string;

  @EnvList('KEK_PREVIOUS', {
    default: [],
    description: 'Addresses of key-encryption keys before this one, until everything is wrapped anew.',
  })
  kekPrevious!: readonly string[];

  @EnvText('SIGNING_PROVIDER', {
    default: '',
    description: 'Address of the provider that holds the signing keys of SIGNING_PROVIDER_PURPOSES; default: none.',
  })
  signingProvider!: string;

  @EnvList('SIGNING_PROVIDER_PURPOSES', {
    default: ['license_blob'],
    description: 'Purposes whose keys are made and used there, e.g. license_blob.',
  })
  signingProviderPurposes!: readonly string[];

  @EnvInt('KEY_PROVIDER_TIMEOUT_MS', {
    default: 700,
    min: 50,
    max: 10_000,
    description: 'How long a key service may take; callers wait for a second (SEC7).',
  })
  keyProviderTimeoutMs!: number;

  @EnvText('VAULT_TOKEN_FILE', {
    default: '',
    description: 'File with the token for Vault or OpenBao; read again when it changes.',
  })
  vaultTokenFile!: string;

  @EnvText('VAULT_NAMESPACE', { default: '' })
  vaultNamespace!: string;

  @EnvText('AWS_ACCESS_KEY_ID', { default: '' })
  awsAccessKeyId!: string;

  @EnvSecret('AWS_SECRET_ACCESS_KEY', { default: '', min: 0 })
  awsSecretAccessKey!: string;

  @EnvSecret('AWS_SESSION_TOKEN', { default: '', min: 0 })
  awsSessionToken!: string;

  @EnvText('AWS_ROLE_ARN', { default: '', description: 'Role taken with AWS_WEB_IDENTITY_TOKEN_FILE (EKS).' })
  awsRoleArn!: string;

  @EnvText('AWS_WEB_IDENTITY_TOKEN_FILE', { default: '' })
  awsWebIdentityTokenFile!: string;

  @EnvText('AWS_KMS_URL', { default: '', description: 'Default: the region’s own.' })
  awsKmsUrl!: string;

  @EnvText('AWS_STS_URL', { default: '', description: 'Default: the region’s own.' })
  awsStsUrl!: string;

  @EnvText('GOOGLE_APPLICATION_CREDENTIALS', {
    default: '',
    description: 'File with the key of a service account; default: the metadata server is asked.',
  })
  googleCredentialsFile!: string;

  @EnvUrl('GCP_KMS_URL', { default: 'https://cloudkms.googleapis.com' })
  gcpKmsUrl!: string;

  @EnvUrl('GCP_METADATA_URL', { default: 'http://metadata.google.internal' })
  gcpMetadataUrl!: string;

  @EnvText('PKCS11_PIN_FILE', { default: '', description: 'File with the PIN of the token.' })
  pkcs11PinFile!: string;
}
