import { createVerify, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { crc32c } from '../../src/providers/crc32c.js';
import { HeldPair, HeldSecret } from './held-keys.js';
import { loopback, type Heard, type Loopback, type Said } from './loopback.js';

export interface GcpServer extends Loopback {
  secrets: Map<string, HeldSecret>;
  pairs: Map<string, HeldPair>;
  /** The key of the service account that it knows, in PEM. */
  accountKey: string;
  /** Access tokens that it has handed out and takes. */
  tokens: string[];
}

export const RING = 'projects/p/locations/l/keyRings/r';
export const ACCOUNT = 'gatehouse@p.iam.gserviceaccount.com';

type Body = Record<string, unknown>;

const bytes = (text: unknown): Buffer => Buffer.from(String(text ?? ''), 'base64');
const refused = (code: number, status: string): Said => ({
  status: code,
  body: { error: { code, status, message: status } },
});
const isWhole = (said: Body, name: string): boolean => said[`${name}Crc32c`] === String(crc32c(bytes(said[name])));
const summed = (name: string, value: Buffer): Body => ({
  [name]: value.toString('base64'),
  [`${name}Crc32c`]: String(crc32c(value)),
});
const told = (body: Body): Said => ({ status: 200, body });

/** Google Cloud KMS, its token endpoint and a metadata server, as far as their APIs are used. */
export async function gcpServer(): Promise<GcpServer> {
  const account = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const state = {
    secrets: new Map([
      [`${RING}/cryptoKeys/gatehouse`, new HeldSecret()],
      [`${RING}/cryptoKeys/another`, new HeldSecret()],
    ]),
    pairs: new Map<string, HeldPair>(),
    accountKey: account.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    tokens: [] as string[],
  };
  const keys = new GcpKeys(state.secrets, state.pairs);
  const hand = (): Said => {
    const access_token = `ya29.${randomUUID()}`;
    state.tokens.push(access_token);
    return told({ access_token, expires_in: 3_599, token_type: 'Bearer' });
  };
  const answer = (heard: Heard): Said => {
    if (heard.path === '/token') return isAssertion(heard, account.publicKey) ? hand() : refused(400, 'invalid_grant');
    if (heard.path.startsWith('/computeMetadata/')) {
      return heard.headers['metadata-flavor'] === 'Google' ? hand() : refused(403, 'Forbidden');
    }
    const bearer = String(heard.headers.authorization).replace('Bearer ', '');
    if (!state.tokens.includes(bearer)) return refused(401, 'UNAUTHENTICATED');
    return keys.answer(heard);
  };
  return Object.assign(state, await loopback(answer));
}

class GcpKeys {
  /** Keys that are being made: the first look at one is too early. */
  private readonly pending = new Set<string>();

  constructor(
    private readonly secrets: Map<string, HeldSecret>,
    private readonly pairs: Map<string, HeldPair>,
  ) {}

  answer({ path, body }: Heard): Said {
    const said = (body ? JSON.parse(body) : {}) as Body;
    const [, name = '', operation] = /^\/v1\/([^:?]+)(?::(\w+))?(?:\?.*)?$/.exec(path) ?? [];
    if (operation === 'encrypt' || operation === 'decrypt') return this.crypt(operation, name, said);
    if (operation === 'asymmetricSign') return this.sign(name, said);
    if (operation === 'destroy') return this.destroy(name);
    if (name.endsWith('/publicKey')) return this.publicKey(name.replace(/\/publicKey$/, ''));
    const pair = this.pairs.get(name);
    if (pair) return told({ name, state: pair.destroyed ? 'DESTROY_SCHEDULED' : 'ENABLED' });
    const id = new URL(path, 'http://x').searchParams.get('cryptoKeyId');
    return id && name === `${RING}/cryptoKeys` ? this.create(`${name}/${id}`, said) : refused(404, 'NOT_FOUND');
  }

  private crypt(operation: string, name: string, said: Body): Said {
    const key = this.secrets.get(name);
    if (!key) return refused(404, 'NOT_FOUND');
    if (key.disabled) return refused(400, 'FAILED_PRECONDITION');
    const aad = bytes(said.additionalAuthenticatedData);
    const input = operation === 'encrypt' ? 'plaintext' : 'ciphertext';
    if (!isWhole(said, input) || !isWhole(said, 'additionalAuthenticatedData')) return refused(400, 'INVALID_ARGUMENT');
    if (operation === 'encrypt') {
      const verified = { verifiedPlaintextCrc32c: true, verifiedAdditionalAuthenticatedDataCrc32c: true };
      const by = `${name}/cryptoKeyVersions/1`;
      return told({ name: by, ...verified, ...summed('ciphertext', key.seal(bytes(said.plaintext), aad)) });
    }
    const plaintext = key.open(bytes(said.ciphertext), aad);
    return plaintext ? told(summed('plaintext', plaintext)) : refused(400, 'INVALID_ARGUMENT');
  }

  private create(name: string, { purpose, versionTemplate }: Body): Said {
    const algorithm = String((versionTemplate as Body).algorithm);
    if (purpose !== 'ASYMMETRIC_SIGN') return refused(400, 'INVALID_ARGUMENT');
    const kind = { EC_SIGN_ED25519: 'ed25519', EC_SIGN_P256_SHA256: 'p256' }[algorithm] ?? 'rsa';
    const version = `${name}/cryptoKeyVersions/1`;
    this.pairs.set(version, new HeldPair(kind as HeldPair['kind'], Number(algorithm.split('_')[3])));
    this.pending.add(version);
    return told({ name, purpose, versionTemplate });
  }

  private publicKey(version: string): Said {
    if (this.pending.delete(version)) return refused(400, 'FAILED_PRECONDITION');
    const pair = this.pairs.get(version);
    if (!pair) return refused(404, 'NOT_FOUND');
    const pem = pair.publicKey.export({ format: 'pem', type: 'spki' }).toString();
    return told({ name: version, pem, pemCrc32c: String(crc32c(Buffer.from(pem))) });
  }

  private sign(version: string, { data, digest, ...checksums }: Body): Said {
    const pair = this.pairs.get(version);
    if (!pair) return refused(404, 'NOT_FOUND');
    if (pair.destroyed) return refused(400, 'FAILED_PRECONDITION');
    if ((pair.kind === 'ed25519') !== (data !== undefined)) return refused(400, 'INVALID_ARGUMENT');
    const isDigest = data === undefined;
    const input = bytes(isDigest ? (digest as Body).sha256 : data);
    if (checksums[isDigest ? 'digestCrc32c' : 'dataCrc32c'] !== String(crc32c(input)))
      return refused(400, 'INVALID_ARGUMENT');
    const signature = isDigest ? pair.signDigest(input) : pair.sign(input);
    const verified = { verifiedDataCrc32c: !isDigest, verifiedDigestCrc32c: isDigest };
    return told({ name: version, ...verified, ...summed('signature', signature) });
  }

  private destroy(version: string): Said {
    const pair = this.pairs.get(version);
    if (!pair) return refused(404, 'NOT_FOUND');
    if (pair.destroyed) return refused(400, 'FAILED_PRECONDITION');
    pair.destroyed = true;
    return told({ name: version, state: 'DESTROY_SCHEDULED' });
  }
}

/** RFC 7523. */
function isAssertion({ body, headers }: Heard, key: KeyObject): boolean {
  const form = new URLSearchParams(body);
  if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') return false;
  const [head = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.');
  const verify = createVerify('sha256').update(`${head}.${claims}`);
  const { iss, aud, scope, iat, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<
    string,
    unknown
  >;
  const rightly = iss === ACCOUNT && aud === `http://${headers.host}/token` && String(scope).endsWith('/auth/cloudkms');
  return rightly && Number(exp) - Number(iat) <= 3_600 && verify.verify(key, Buffer.from(signature, 'base64url'));
}
