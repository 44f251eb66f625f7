import { HeldPair, HeldSecret, type PairKind } from './held-keys.js';
import { loopback, type Heard, type Loopback, type Said } from './loopback.js';

export interface VaultServer extends Loopback {
  /** The token that it takes at the moment. */
  token: string;
  secrets: Map<string, HeldSecret>;
  pairs: Map<string, HeldPair>;
}

type Body = Record<string, unknown>;

const KINDS: Record<string, PairKind> = { ed25519: 'ed25519', 'ecdsa-p256': 'p256' };
const refused = (status: number, ...errors: string[]): Said => ({ status, body: { errors } });
const told = (data: object): Said => ({ status: 200, body: { request_id: 'r', lease_id: '', data } });
const bytes = (text: unknown): Buffer => Buffer.from(String(text ?? ''), 'base64');

/** The transit engine of Vault, mounted at `transit`, as far as its API is used; answers are those of Vault 1.20. */
export async function vaultServer(): Promise<VaultServer> {
  const state = {
    token: 'hvs.first',
    secrets: new Map([
      ['gatehouse', new HeldSecret()],
      ['another', new HeldSecret()],
    ]),
    pairs: new Map<string, HeldPair>(),
  };
  const answer = ({ method, path, headers, body }: Heard): Said => {
    if (headers['x-vault-token'] !== state.token) return refused(403, 'permission denied', 'invalid token');
    const said = (body ? JSON.parse(body) : {}) as Body;
    const [, operation, name = '', rest] = /^\/v1\/transit\/(\w+)\/([^/]+)(?:\/(.+))?$/.exec(path) ?? [];
    if (operation === 'encrypt' || operation === 'decrypt') return crypt(operation, state.secrets.get(name), said);
    if (operation === 'sign') return signed(state.pairs.get(name), rest, said);
    if (operation === 'keys') return keys(state.pairs, method, name, rest, said);
    return refused(404, 'no handler for route');
  };
  return Object.assign(state, await loopback(answer));
}

function crypt(operation: string, key: HeldSecret | undefined, said: Body): Said {
  if (!key || key.disabled) return refused(400, 'encryption key not found');
  const aad = bytes(said.associated_data);
  if (operation === 'encrypt') {
    const sealed = key.seal(bytes(said.plaintext), aad).toString('base64');
    return told({ ciphertext: `vault:v1:${sealed}`, key_version: 1 });
  }
  const [, sealed] = /^vault:v1:([A-Za-z0-9+/]+=*)$/.exec(String(said.ciphertext)) ?? [];
  if (!sealed) return refused(400, 'invalid ciphertext: no prefix');
  const plaintext = key.open(Buffer.from(sealed, 'base64'), aad);
  return plaintext
    ? told({ plaintext: plaintext.toString('base64') })
    : refused(400, 'cipher: message authentication failed');
}

function signed(pair: HeldPair | undefined, hash: string | undefined, said: Body): Said {
  if (!pair) return refused(400, 'signing key not found');
  if (pair.kind === 'ed25519')
    return told({ signature: `vault:v1:${pair.sign(bytes(said.input)).toString('base64')}` });
  const asked = [hash, said.marshaling_algorithm, said.signature_algorithm].join();
  if (asked !== 'sha2-256,jws,pkcs1v15') return refused(400, `not answered here: ${asked}`);
  return told({ signature: `vault:v1:${pair.sign(bytes(said.input), 'ieee-p1363').toString('base64url')}` });
}

function keys(pairs: Map<string, HeldPair>, method: string, name: string, rest: string | undefined, said: Body): Said {
  const pair = pairs.get(name);
  if (method === 'POST' && rest === undefined) {
    const type = String(said.type);
    pairs.set(name, new HeldPair(KINDS[type] ?? 'rsa', Number(type.split('-')[1])));
    return told({ name });
  }
  if (!pair) return refused(404);
  if (method === 'GET') return told({ name, keys: { 1: { public_key: publicKeyOf(pair) } } });
  if (method === 'POST' && rest === 'config') {
    pair.destroyed = said.deletion_allowed === true;
    return told({ name });
  }
  if (!pair.destroyed) return refused(400, 'error deleting policy: deletion is not allowed for this key');
  pairs.delete(name);
  return { status: 204, body: '' };
}

/** Ed25519 as its bare 32 bytes, all others in PEM. */
const publicKeyOf = ({ kind, publicKey }: HeldPair): string =>
  kind === 'ed25519'
    ? publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64')
    : publicKey.export({ format: 'pem', type: 'spki' }).toString();
