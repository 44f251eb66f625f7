import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  generateKeyPair,
  hkdfSync,
  randomBytes,
} from 'node:crypto';
import { promisify } from 'node:util';
import { IntegrityError } from './envelope.js';
import { KeyProvider, type GeneratedKey, type Signer, type SigningKeySpec } from './key-provider.js';
import { lengthPrefixed } from './length-prefixed.js';
import { signBytes } from './sign-bytes.js';

const makePair = promisify(generateKeyPair);

const SALT = Buffer.from('gatehouse-kek/v1', 'latin1');
const NONCE = 12;
const TAG = 16;

/** A key-encryption key in this process' memory. It is used for nothing but to derive one key for each task. */
export class LocalKek extends KeyProvider {
  readonly id: string;
  private readonly root: Buffer;
  private readonly wrapping: Buffer;

  /** @param root 32 bytes; copied */
  constructor(root: Uint8Array) {
    super();
    this.root = Buffer.from(root);
    this.wrapping = this.expand(['wrap']);
    this.id = `local:${this.expand(['id']).subarray(0, 8).toString('hex')}`;
  }

  async wrap(dataKey: Buffer, context: readonly string[]): Promise<Buffer> {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', this.wrapping, nonce, { authTagLength: TAG });
    cipher.setAAD(lengthPrefixed(context));
    return Buffer.concat([nonce, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()]);
  }

  async unwrap(wrapped: Buffer, context: readonly string[]): Promise<Buffer> {
    if (wrapped.length < NONCE + TAG) throw new IntegrityError();
    const nonce = wrapped.subarray(0, NONCE);
    const decipher = createDecipheriv('aes-256-gcm', this.wrapping, nonce, { authTagLength: TAG });
    decipher.setAAD(lengthPrefixed(context));
    decipher.setAuthTag(wrapped.subarray(-TAG));
    try {
      return Buffer.concat([decipher.update(wrapped.subarray(NONCE, -TAG)), decipher.final()]);
    } catch {
      throw new IntegrityError();
    }
  }

  /** On the thread pool; an RSA key takes up to some seconds. */
  async generate({ alg, bits }: SigningKeySpec): Promise<GeneratedKey> {
    const { publicKey, privateKey } =
      alg === 'RS256'
        ? await makePair('rsa', { modulusLength: bits })
        : alg === 'ES256'
          ? await makePair('ec', { namedCurve: 'P-256' })
          : await makePair('ed25519', undefined);
    const handle = privateKey.export({ format: 'der', type: 'pkcs8' });
    return { publicJwk: publicKey.export({ format: 'jwk' }), handle };
  }

  async open({ alg }: SigningKeySpec, pkcs8: Buffer): Promise<Signer> {
    const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
    return (data) => signBytes(alg, data, key);
  }

  /** There is no copy of it but the sealed one. */
  async destroy(): Promise<void> {}

  /** 32 bytes that depend on the key and on the context alone. */
  async derive(context: readonly string[]): Promise<Buffer> {
    return this.expand(['derive', ...context]);
  }

  private expand(info: readonly string[]): Buffer {
    return Buffer.from(hkdfSync('sha256', this.root, SALT, lengthPrefixed(info), 32));
  }
}
