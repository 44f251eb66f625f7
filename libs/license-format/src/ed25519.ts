import { toBase64url } from './base64url.js';

/** Whether `signature` is the Ed25519 signature of `message` under the 32 bytes of `publicKey`. */
export type Ed25519Verifier = (
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
) => Promise<boolean> | boolean;

export type SyncEd25519Verifier = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;

interface NodeKeys<Key> {
  createPublicKey(input: { key: { kty: string; crv: string; x: string }; format: 'jwk' }): Key;
}

/** The two functions of `node:crypto` that {@link nodeVerifier} needs. */
export interface NodeCrypto<Key> extends NodeKeys<Key> {
  verify(algorithm: null, data: Uint8Array, key: Key, signature: Uint8Array): boolean;
}

/** The two functions of `node:crypto` that {@link nodePoolVerifier} needs. */
export interface NodePoolCrypto<Key> extends NodeKeys<Key> {
  verify(
    algorithm: null,
    data: Uint8Array,
    key: Key,
    signature: Uint8Array,
    done: (error: Error | null, genuine: boolean) => void,
  ): void;
}

/** Verifies with the WebCrypto of the browser or of Node. */
export const webCryptoVerifier: Ed25519Verifier = async (publicKey, message, signature) => {
  const key = await crypto.subtle.importKey('raw', own(publicKey), 'Ed25519', false, ['verify']);
  return crypto.subtle.verify('Ed25519', key, own(signature), own(message));
};

// WebCrypto refuses views of shared memory, and its types know that.
const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

const MOST_KEYS_HELD = 64;

/**
 * Verifies without waiting, through `node:crypto`; keys are imported once.
 * @param node the module: `nodeVerifier(await import('node:crypto'))`. It is handed in so that this library
 * itself imports nothing and is the same in a browser.
 */
export function nodeVerifier<Key>(node: NodeCrypto<Key>): SyncEd25519Verifier {
  const keyOf = keyring(node);
  return (publicKey, message, signature) => node.verify(null, message, keyOf(publicKey), signature);
}

/** The same on Node's thread pool: the event loop goes on turning, and several cores verify at once. */
export function nodePoolVerifier<Key>(node: NodePoolCrypto<Key>): Ed25519Verifier {
  const keyOf = keyring(node);
  return (publicKey, message, signature) =>
    new Promise((resolve, reject) =>
      node.verify(null, message, keyOf(publicKey), signature, (error, genuine) =>
        error ? reject(error) : resolve(genuine),
      ),
    );
}

function keyring<Key>(node: NodeKeys<Key>): (publicKey: Uint8Array) => Key {
  const held = new Map<string, Key>();
  return (publicKey) => {
    const x = toBase64url(publicKey);
    let key = held.get(x);
    if (key === undefined) {
      key = node.createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
      if (held.size >= MOST_KEYS_HELD) held.clear();
      held.set(x, key);
    }
    return key;
  };
}
