import {
  constants,
  createCipheriv,
  createDecipheriv,
  generateKeyPairSync,
  privateEncrypt,
  randomBytes,
  sign,
  type KeyObject,
} from 'node:crypto';
import { p256 } from '@noble/curves/nist.js';

/** DigestInfo of SHA-256 (RFC 8017 §9.2). */
const SHA256_INFO = Buffer.from('3031300d060960864801650304020105000420', 'hex');

/** A symmetric key as key services hold it: nonce, ciphertext and tag in one. */
export class HeldSecret {
  private readonly key = randomBytes(32);
  disabled = false;

  seal(plaintext: Buffer, aad: Buffer): Buffer {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce).setAAD(aad);
    return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  }

  /** Nothing when it does not open. */
  open(sealed: Buffer, aad: Buffer): Buffer | undefined {
    if (sealed.length < 28) return undefined;
    const decipher = createDecipheriv('aes-256-gcm', this.key, sealed.subarray(0, 12), { authTagLength: 16 });
    decipher.setAAD(aad).setAuthTag(sealed.subarray(-16));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
    } catch {
      return undefined;
    }
  }
}

export type PairKind = 'ed25519' | 'p256' | 'rsa';

/** A key pair that signs there. */
export class HeldPair {
  readonly publicKey: KeyObject;
  private readonly privateKey: KeyObject;
  destroyed = false;

  constructor(
    readonly kind: PairKind,
    bits: number,
  ) {
    const made =
      kind === 'rsa'
        ? generateKeyPairSync('rsa', { modulusLength: bits })
        : kind === 'p256'
          ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
          : generateKeyPairSync('ed25519');
    this.publicKey = made.publicKey;
    this.privateKey = made.privateKey;
  }

  /** Of a whole message; ECDSA in DER or as `r ‖ s`. */
  sign(message: Buffer, dsaEncoding: 'der' | 'ieee-p1363' = 'der'): Buffer {
    if (this.kind === 'ed25519') return sign(null, message, this.privateKey);
    return sign('sha256', message, { key: this.privateKey, dsaEncoding, padding: constants.RSA_PKCS1_PADDING });
  }

  /** Of a digest, as services do that never see the message. ECDSA in DER. */
  signDigest(digest: Buffer): Buffer {
    if (this.kind === 'rsa') {
      const key = { key: this.privateKey, padding: constants.RSA_PKCS1_PADDING };
      return privateEncrypt(key, Buffer.concat([SHA256_INFO, digest]));
    }
    const secret = Buffer.from(this.privateKey.export({ format: 'jwk' }).d!, 'base64url');
    return Buffer.from(p256.sign(digest, secret, { prehash: false, format: 'der' }));
  }
}
