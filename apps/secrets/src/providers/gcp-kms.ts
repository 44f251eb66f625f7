import { createHash, createPublicKey, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SigningAlg } from '#contracts';
import { IntegrityError } from '../kek/envelope.js';
import { KeyProvider, type GeneratedKey, type Signer, type SigningKeySpec } from '../kek/key-provider.js';
import { lengthPrefixed } from '../kek/length-prefixed.js';
import { crc32c } from './crc32c.js';
import { joseSignature } from './der.js';
import { arrived, arrivedText, assertArrived, assertOf, checked } from './gcp-checksums.rules.js';
import type { GcpTokenSource } from './gcp-credentials.js';
import { askProvider, SLOW_MS, textIn, unavailable, type ProviderAnswer } from './provider-request.js';

/** A symmetric key of Google Cloud KMS. */
export interface GcpKey {
  /** `projects/…/locations/…/keyRings/…/cryptoKeys/…` */
  name: string;
  url: string;
  timeoutMs: number;
}

const ALGORITHMS: Readonly<Record<SigningAlg, (bits: number) => string>> = {
  EdDSA: () => 'EC_SIGN_ED25519',
  ES256: () => 'EC_SIGN_P256_SHA256',
  RS256: (bits) => `RSA_SIGN_PKCS1_${bits}_SHA256`,
};

/** Google Cloud KMS over HTTP. Both ways carry checksums, and answers the name of their key (Google's own advice). */
export class GcpKms extends KeyProvider {
  readonly id: string;

  constructor(
    private readonly key: GcpKey,
    private readonly source: GcpTokenSource,
  ) {
    super();
    this.id = `gcpkms:${key.name}`;
  }

  async wrap(dataKey: Buffer, context: readonly string[]): Promise<Buffer> {
    const said = { ...checked('plaintext', dataKey), ...aadOf(context) };
    const answer = this.done(await this.ask('POST', `${this.key.name}:encrypt`, said));
    assertOf(this.id, answer, this.key.name);
    assertArrived(this.id, answer, ['verifiedPlaintextCrc32c', 'verifiedAdditionalAuthenticatedDataCrc32c']);
    return arrived(this.id, answer, 'ciphertext');
  }

  async unwrap(wrapped: Buffer, context: readonly string[]): Promise<Buffer> {
    const said = { ...checked('ciphertext', wrapped), ...aadOf(context) };
    const answer = await this.ask('POST', `${this.key.name}:decrypt`, said);
    if (answer.status === 400 && isInvalidArgument(answer.body)) throw new IntegrityError();
    return arrived(this.id, this.done(answer), 'plaintext');
  }

  async generate({ alg, bits }: SigningKeySpec): Promise<GeneratedKey> {
    const ring = this.key.name.replace(/\/cryptoKeys\/[^/]+$/, '');
    const said = { purpose: 'ASYMMETRIC_SIGN', versionTemplate: { algorithm: ALGORITHMS[alg](bits) } };
    const path = `${ring}/cryptoKeys?cryptoKeyId=gatehouse-${randomUUID()}`;
    const made = this.done(await this.ask('POST', path, said, SLOW_MS));
    const version = `${textIn(this.id, made, 'name')}/cryptoKeyVersions/1`;
    const pem = await this.publicKey(version);
    return { publicJwk: createPublicKey(pem).export({ format: 'jwk' }), handle: Buffer.from(version, 'utf8') };
  }

  async open({ alg }: SigningKeySpec, handle: Buffer): Promise<Signer> {
    const version = handle.toString('utf8');
    return async (data) => {
      const { said, verified } = alg === 'EdDSA' ? whole(data) : digestOf(data);
      const answer = this.done(await this.ask('POST', `${version}:asymmetricSign`, said));
      assertOf(this.id, answer, version);
      assertArrived(this.id, answer, [verified]);
      const signature = arrived(this.id, answer, 'signature');
      return alg === 'ES256' ? joseSignature(signature) : signature;
    };
  }

  async destroy(handle: Buffer): Promise<void> {
    const version = handle.toString('utf8');
    const answer = await this.ask('POST', `${version}:destroy`, {});
    if (answer.status !== 200 && (await this.isDestroyed(version))) return;
    this.done(answer);
  }

  private async isDestroyed(version: string): Promise<boolean> {
    const { status, body } = await this.ask('GET', version);
    return status === 200 && /^DESTROY/.test(String(body.state));
  }

  /** A key takes a while until it is there. */
  private async publicKey(version: string): Promise<string> {
    for (const end = Date.now() + SLOW_MS; ; await sleep(250)) {
      const answer = await this.ask('GET', `${version}/publicKey`);
      if (answer.status !== 200 && Date.now() <= end) continue;
      const said = this.done(answer);
      assertOf(this.id, said, version);
      return arrivedText(this.id, said, 'pem');
    }
  }

  private async ask(
    method: string,
    path: string,
    body?: object,
    timeoutMs = this.key.timeoutMs,
  ): Promise<ProviderAnswer> {
    const headers = {
      authorization: `Bearer ${await this.source.token()}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
    };
    const url = `${this.key.url}/v1/${path}`;
    return askProvider(this.id, { method, url, headers, body: body && JSON.stringify(body), timeoutMs });
  }

  private done({ status, body }: ProviderAnswer): Record<string, unknown> {
    if (status !== 200) throw unavailable(this.id, `it answered ${status}`);
    return body;
  }
}

const whole = (data: Uint8Array) => ({ said: checked('data', data), verified: 'verifiedDataCrc32c' });

function digestOf(data: Uint8Array) {
  const sha256 = createHash('sha256').update(data).digest();
  const said = { digest: { sha256: sha256.toString('base64') }, digestCrc32c: String(crc32c(sha256)) };
  return { said, verified: 'verifiedDigestCrc32c' };
}

/** That the bytes are wrong; a key that is switched off is a failed precondition, also with 400. */
const isInvalidArgument = ({ error }: Record<string, unknown>): boolean =>
  (error as { status?: string } | undefined)?.status === 'INVALID_ARGUMENT';

const aadOf = (context: readonly string[]): Record<string, string> =>
  checked('additionalAuthenticatedData', lengthPrefixed(context));
