import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Unavailable } from '#contracts';
import { testDir } from '../../../../test/support/index.js';
import { AWS_KEY, awsServer, type AwsServer } from '../../test/providers/aws-server.js';
import { providerOf } from '../../test/providers/conformance.js';
import { gcpServer, RING, type GcpServer } from '../../test/providers/gcp-server.js';
import type { KeyProvider } from '../kek/key-provider.js';

const CONTEXT = ['data-key', 'id', 'user', '42', 'streams'];
const refusal = { code: Unavailable.code };
const flipped = (base64: unknown): string => {
  const bytes = Buffer.from(String(base64), 'base64');
  bytes[bytes.length >> 1]! ^= 1;
  return bytes.toString('base64');
};

describe('D-kms SEC17: an answer of Google Cloud KMS', () => {
  let server: GcpServer;
  let provider: KeyProvider;
  beforeAll(async () => {
    server = await gcpServer();
    const env = { GCP_KMS_URL: server.url, GCP_METADATA_URL: server.url };
    provider = await providerOf({ ...env, KEK_PROVIDER: `gcpkms:${RING}/cryptoKeys/gatehouse` });
  });
  afterAll(() => server?.stop());
  afterEach(() => server.alter((said) => said));

  /** Changes members of the answers to one operation. */
  const change = (operation: string, by: (body: Record<string, unknown>) => object): void =>
    server.alter((said, { path: asked }) =>
      asked.endsWith(operation) ? { ...said, body: { ...(said.body as object), ...by(said.body as never) } } : said,
    );

  it.each([
    [
      'bytes that changed on the way back',
      ({ ciphertext }: Record<string, unknown>) => ({ ciphertext: flipped(ciphertext) }),
    ],
    ['no checksum', () => ({ ciphertext: 'AAAA', ciphertextCrc32c: undefined })],
    ['what it had not received as it was', () => ({ verifiedPlaintextCrc32c: false })],
    ['a context that it had not received as it was', () => ({ verifiedAdditionalAuthenticatedDataCrc32c: undefined })],
    ['another key', () => ({ name: `${RING}/cryptoKeys/another/cryptoKeyVersions/1` })],
    ['a key whose name only begins alike', () => ({ name: `${RING}/cryptoKeys/gatehouse2/cryptoKeyVersions/1` })],
  ])('is refused when it wraps with %s', async (_, by) => {
    change(':encrypt', by);
    await expect(provider.wrap(randomBytes(32), CONTEXT)).rejects.toMatchObject(refusal);
  });

  it('is refused when a key that comes out changed on the way', async () => {
    const key = randomBytes(32);
    const wrapped = await provider.wrap(key, CONTEXT);
    change(':decrypt', ({ plaintext }) => ({ plaintext: flipped(plaintext) }));
    await expect(provider.unwrap(wrapped, CONTEXT)).rejects.toMatchObject(refusal);
    server.alter((said) => said);
    expect(await provider.unwrap(wrapped, CONTEXT)).toEqual(key);
  });

  it.each([
    { alg: 'EdDSA' as const, bits: 0 },
    { alg: 'ES256' as const, bits: 0 },
  ])('is refused when it is a signature of another key, or of something else: $alg', async (spec) => {
    const sign = await provider.open(spec, (await provider.generate(spec)).handle);
    await sign(Buffer.from('x'));
    const otherwise: ((body: Record<string, unknown>) => object)[] = [
      ({ signature }) => ({ signature: flipped(signature) }),
      () => ({ name: `${RING}/cryptoKeys/another/cryptoKeyVersions/1` }),
      () => ({ verifiedDataCrc32c: false, verifiedDigestCrc32c: false }),
    ];
    for (const by of otherwise) {
      change(':asymmetricSign', by);
      await expect(sign(Buffer.from('x'))).rejects.toMatchObject(refusal);
    }
  });

  it('is refused when a public key changed on the way', async () => {
    change('/publicKey', () => ({ pem: '-----BEGIN PUBLIC KEY-----' }));
    await expect(provider.generate({ alg: 'EdDSA', bits: 0 })).rejects.toMatchObject(refusal);
  });
});

describe('D-kms SEC17: an answer of AWS KMS', () => {
  let server: AwsServer;
  const env = { AWS_ACCESS_KEY_ID: AWS_KEY.id, AWS_SECRET_ACCESS_KEY: AWS_KEY.secret };
  const of = (key: string) =>
    providerOf({ ...env, AWS_KMS_URL: server.url, KEK_PROVIDER: `awskms:eu-central-1/${key}` });
  beforeAll(async () => {
    server = await awsServer();
  });
  afterAll(() => server?.stop());
  afterEach(() => server.alter((said) => said));
  const tell = (KeyId: unknown): void =>
    server.alter((said) => ({ ...said, body: { ...(said.body as object), KeyId } }));

  it('is refused when it is of another key than the one that was named', async () => {
    const provider = await of('1b0f');
    const wrapped = await provider.wrap(randomBytes(32), CONTEXT);
    const sign = await provider.open(
      { alg: 'EdDSA', bits: 0 },
      (await provider.generate({ alg: 'EdDSA', bits: 0 })).handle,
    );
    for (const other of ['arn:aws:kms:eu-central-1:1:key/2222', 'arn:aws:kms:eu-central-1:1:key/x1b0f', undefined]) {
      tell(other);
      await expect(provider.wrap(randomBytes(32), CONTEXT)).rejects.toMatchObject(refusal);
      await expect(provider.unwrap(wrapped, CONTEXT)).rejects.toMatchObject(refusal);
      await expect(sign(Buffer.from('x'))).rejects.toMatchObject(refusal);
    }
  });
});

describe('D-kms: data keys and credentials', () => {
  const dir = testDir('clear');
  afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

  it.each([
    ['awskms:eu-central-1/k', { AWS_KMS_URL: 'http://kms.example' }],
    ['awskms:eu-central-1/k', { AWS_STS_URL: 'http://sts.example/' }],
    ['awskms:eu-central-1/k', { AWS_KMS_URL: 'http://127.0.0.1.kms.example' }],
    ['awskms:eu-central-1/k', { AWS_KMS_URL: 'kms.example' }],
    [`gcpkms:${RING}/cryptoKeys/k`, { GCP_KMS_URL: 'http://kms.example' }],
  ])('go to %s in the clear to this machine only: %j is refused', async (address, env) => {
    await expect(providerOf({ KEK_PROVIDER: address, ...env })).rejects.toThrow(/past TLS/);
  });

  it('an assertion goes to no token endpoint in the clear', async () => {
    const server = await gcpServer();
    try {
      const file = path.join(dir, 'account.json');
      const account = { client_email: 'a@b', private_key: server.accountKey, token_uri: 'http://oauth.example/token' };
      fs.writeFileSync(file, JSON.stringify(account));
      const env = { GCP_KMS_URL: server.url, GOOGLE_APPLICATION_CREDENTIALS: file };
      const provider = await providerOf({ ...env, KEK_PROVIDER: `gcpkms:${RING}/cryptoKeys/gatehouse` });
      await expect(provider.wrap(randomBytes(32), [])).rejects.toThrow(/endpoint without TLS/);
    } finally {
      await server.stop();
    }
  });

  it.each([
    'pkcs11:token=t;object=o?pin-value=1234567890',
    'vault:https://user:1234567890@vault:8200/transit',
    'awskms:1234567890',
  ])('are not told again when the address is wrong: %s', async (address) => {
    const problem = (await providerOf({ KEK_PROVIDER: address }).catch((error: unknown) => error)) as Error;
    expect(problem).toBeInstanceOf(Error);
    expect(JSON.stringify({ ...problem, message: problem.message })).not.toContain('1234567890');
  });
});
