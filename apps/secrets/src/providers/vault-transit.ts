import { createPublicKey, randomUUID, type JsonWebKey } from 'node:crypto';
import fs from 'node:fs';
import type { SigningAlg } from '#contracts';
import { IntegrityError } from '../kek/envelope.js';
import { KeyProvider, type GeneratedKey, type Signer, type SigningKeySpec } from '../kek/key-provider.js';
import { lengthPrefixed } from '../kek/length-prefixed.js';
import { askProvider, SLOW_MS, textIn, unavailable, type ProviderAnswer } from './provider-request.js';

/** A key of the transit engine of Vault or OpenBao. */
export interface TransitKey {
  /** e.g. `https://vault:8200` */
  url: string;
  /** Where the engine is mounted, e.g. `transit`. */
  mount: string;
  /** An `aes256-gcm96` key; those that sign are made beside it, with its name before theirs. */
  name: string;
  tokenFile: string;
  namespace?: string;
  timeoutMs: number;
}

const TYPES: Readonly<Record<SigningAlg, (bits: number) => string>> = {
  EdDSA: () => 'ed25519',
  ES256: () => 'ecdsa-p256',
  RS256: (bits) => `rsa-${bits}`,
};

/** HashiCorp Vault and OpenBao: the transit engine over HTTP. */
export class VaultTransit extends KeyProvider {
  readonly id: string;

  constructor(private readonly key: TransitKey) {
    super();
    this.id = `vault:${new URL(key.url).host}/${key.mount}/${key.name}`;
  }

  async wrap(dataKey: Buffer, context: readonly string[]): Promise<Buffer> {
    const said = { plaintext: dataKey.toString('base64'), associated_data: aadOf(context) };
    const answer = await this.ask('POST', `encrypt/${this.key.name}`, said);
    return Buffer.from(textIn(this.id, this.dataOf(answer), 'ciphertext'), 'utf8');
  }

  async unwrap(wrapped: Buffer, context: readonly string[]): Promise<Buffer> {
    const said = { ciphertext: wrapped.toString('utf8'), associated_data: aadOf(context) };
    const answer = await this.ask('POST', `decrypt/${this.key.name}`, said);
    if (answer.status === 400 && isWrongCiphertext(answer.text)) throw new IntegrityError();
    return Buffer.from(textIn(this.id, this.dataOf(answer), 'plaintext'), 'base64');
  }

  async generate({ alg, bits }: SigningKeySpec): Promise<GeneratedKey> {
    const name = `${this.key.name}-${randomUUID()}`;
    this.done(await this.ask('POST', `keys/${name}`, { type: TYPES[alg](bits), exportable: false }, SLOW_MS));
    const { keys } = this.dataOf(await this.ask('GET', `keys/${name}`));
    const pem = textIn(this.id, (keys as Record<string, unknown> | undefined)?.['1'], 'public_key');
    return { publicJwk: publicJwkOf(alg, pem), handle: Buffer.from(name, 'utf8') };
  }

  async open({ alg }: SigningKeySpec, handle: Buffer): Promise<Signer> {
    const name = handle.toString('utf8');
    const how = alg === 'EdDSA' ? {} : { signature_algorithm: 'pkcs1v15', marshaling_algorithm: 'jws' };
    return async (data) => {
      const said = { input: Buffer.from(data).toString('base64'), ...how };
      const answer = await this.ask('POST', `sign/${name}${alg === 'EdDSA' ? '' : '/sha2-256'}`, said);
      const signature = textIn(this.id, this.dataOf(answer), 'signature').split(':')[2] ?? '';
      return Buffer.from(signature, alg === 'EdDSA' ? 'base64' : 'base64url');
    };
  }

  async destroy(handle: Buffer): Promise<void> {
    const name = handle.toString('utf8');
    if ((await this.ask('GET', `keys/${name}`)).status === 404) return;
    this.done(await this.ask('POST', `keys/${name}/config`, { deletion_allowed: true }));
    this.done(await this.ask('DELETE', `keys/${name}`));
  }

  private ask(method: string, path: string, body?: object, timeoutMs = this.key.timeoutMs): Promise<ProviderAnswer> {
    const { url, mount, namespace } = this.key;
    const headers = {
      'x-vault-token': this.token(),
      'x-vault-request': 'true',
      ...(namespace ? { 'x-vault-namespace': namespace } : {}),
      ...(body ? { 'content-type': 'application/json' } : {}),
    };
    const request = { method, url: `${url}/v1/${mount}/${path}`, headers, body: body && JSON.stringify(body) };
    return askProvider(this.id, { ...request, timeoutMs });
  }

  /** Agents renew the token in its file. */
  private token(): string {
    try {
      return fs.readFileSync(this.key.tokenFile, 'utf8').trim();
    } catch {
      throw unavailable(this.id, 'its token cannot be read');
    }
  }

  private done({ status }: ProviderAnswer): void {
    if (status >= 300) throw unavailable(this.id, `it answered ${status}`);
  }

  private dataOf(answer: ProviderAnswer): Record<string, unknown> {
    this.done(answer);
    return (answer.body.data ?? {}) as Record<string, unknown>;
  }
}

/** A bad request is also what it says of a key that is not there. */
const isWrongCiphertext = (text: string): boolean => /authentication failed|invalid ciphertext|base64/.test(text);

const aadOf = (context: readonly string[]): string => lengthPrefixed(context).toString('base64');

function publicJwkOf(alg: SigningAlg, key: string): JsonWebKey {
  if (alg !== 'EdDSA') return createPublicKey(key).export({ format: 'jwk' });
  return { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key, 'base64').toString('base64url') };
}
