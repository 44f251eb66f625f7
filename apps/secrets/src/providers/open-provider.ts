import { isPrivateUrl, StartProblem } from '#boot';
import { KEY_PURPOSES, type KeyPurpose } from '#contracts';
import { readKekFile } from '../kek/kek-file.js';
import type { KeyProvider } from '../kek/key-provider.js';
import { Keks } from '../kek/keks.js';
import { LocalKek } from '../kek/local-kek.js';
import { SigningProviders } from '../keys/signing-providers.js';
import type { SecretsConfig } from '../secrets.config.js';
import { AwsCredentialSource } from './aws-credentials.js';
import { AwsKms } from './aws-kms.js';
import { GcpTokenSource } from './gcp-credentials.js';
import { GcpKms } from './gcp-kms.js';
import { Pkcs11 } from './pkcs11.js';
import { readAddress, type ProviderAddress } from './provider-address.rules.js';
import { VaultTransit } from './vault-transit.js';

/** The providers that the configuration names, opened. */
export interface OpenProviders {
  keks: Keks;
  signing: SigningProviders;
  /** Each of them once. */
  all: readonly KeyProvider[];
}

/** @throws StartProblem when a provider is not written as it should be, or cannot be opened */
export async function openProviders(config: SecretsConfig): Promise<OpenProviders> {
  const create = config.profile === 'development';
  const opened = new Map<string, KeyProvider>();
  const open = async (name: string, address: string, mayCreate = false): Promise<KeyProvider> => {
    const known = opened.get(address);
    if (known) return known;
    const provider = await openProvider(name, address, config, mayCreate);
    opened.set(address, provider);
    return provider;
  };
  const current = config.kekProvider
    ? await open('KEK_PROVIDER', config.kekProvider)
    : await open('KEK_FILE', `file:${config.kekFile}`, create);
  const previous: KeyProvider[] = [];
  for (const address of config.kekPrevious) previous.push(await open('KEK_PREVIOUS', address));
  const elsewhere = config.signingProvider ? await open('SIGNING_PROVIDER', config.signingProvider) : undefined;
  const purposes = purposesOf(config.signingProviderPurposes);
  const remote = [...opened.values()].filter((p) => !(p instanceof LocalKek));
  // Making and using keys in this process needs no key-encryption key of its own.
  const local = current instanceof LocalKek ? current : new LocalKek(Buffer.alloc(32));
  const held = elsewhere && !(elsewhere instanceof LocalKek) ? { provider: elsewhere, purposes } : undefined;
  return {
    keks: new Keks(current, previous),
    signing: new SigningProviders(local, held, remote),
    all: [...opened.values()],
  };
}

async function openProvider(
  name: string,
  address: string,
  config: SecretsConfig,
  create: boolean,
): Promise<KeyProvider> {
  const where = addressOf(name, address);
  switch (where.kind) {
    case 'file':
      return new LocalKek(readKekFile(where.file, { create }));
    case 'vault':
      return openVault(where, config);
    case 'awskms':
      return openAws(where, config);
    case 'gcpkms':
      return openGcp(where, config);
    case 'pkcs11':
      return Pkcs11.open({ ...where, pinFile: config.pkcs11PinFile });
  }
}

function openVault(where: { url: string; mount: string; name: string }, config: SecretsConfig): VaultTransit {
  const { vaultTokenFile: tokenFile, vaultNamespace: namespace, keyProviderTimeoutMs: timeoutMs } = config;
  return new VaultTransit({ ...where, tokenFile, namespace, timeoutMs });
}

function openAws({ region, keyId }: { region: string; keyId: string }, config: SecretsConfig): AwsKms {
  const { keyProviderTimeoutMs: timeoutMs } = config;
  const stsUrl = config.awsStsUrl || `https://sts.${region}.amazonaws.com/`;
  const url = (config.awsKmsUrl || `https://kms.${region}.amazonaws.com`).replace(/\/$/, '');
  assertPrivate('AWS_STS_URL', stsUrl);
  assertPrivate('AWS_KMS_URL', url);
  const source = new AwsCredentialSource(`awskms:${region}/${keyId}`, {
    accessKeyId: config.awsAccessKeyId,
    secretAccessKey: config.awsSecretAccessKey,
    sessionToken: config.awsSessionToken,
    roleArn: config.awsRoleArn,
    tokenFile: config.awsWebIdentityTokenFile,
    stsUrl,
    timeoutMs,
  });
  return new AwsKms({ region, keyId, url, timeoutMs }, source);
}

function openGcp({ name }: { name: string }, config: SecretsConfig): GcpKms {
  const {
    googleCredentialsFile: credentialsFile,
    gcpMetadataUrl: metadataUrl,
    keyProviderTimeoutMs: timeoutMs,
  } = config;
  const who = { credentialsFile, metadataUrl, timeoutMs };
  assertPrivate('GCP_KMS_URL', config.gcpKmsUrl);
  return new GcpKms(
    { name, url: config.gcpKmsUrl.replace(/\/$/, ''), timeoutMs },
    new GcpTokenSource(`gcpkms:${name}`, who),
  );
}

/** Data keys go there, and what opens them. */
function assertPrivate(name: string, url: string): void {
  if (isPrivateUrl(url)) return;
  throw new StartProblem({
    what: `${name} leads past TLS`,
    why: 'data keys and credentials would go over the network in the clear',
    fix: 'Write an address that begins with https://; http:// is for this machine only.',
  });
}

/** The address itself is not told: people write PINs and passwords into such. */
function addressOf(name: string, address: string): ProviderAddress {
  try {
    return readAddress(address);
  } catch (error) {
    throw new StartProblem({
      what: `The key provider in ${name} is not written as it should be`,
      why: 'its value is no address of one',
      fix: (error as Error).message,
    });
  }
}

function purposesOf(listed: readonly string[]): KeyPurpose[] {
  const unknown = listed.find((purpose) => !(KEY_PURPOSES as readonly string[]).includes(purpose));
  if (unknown === undefined) return listed as KeyPurpose[];
  throw new StartProblem({
    what: 'SIGNING_PROVIDER_PURPOSES names a purpose that there is not',
    why: `${unknown} is none`,
    fix: `Write some of: ${KEY_PURPOSES.join(', ')}.`,
  });
}
