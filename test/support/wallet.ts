import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak_256 } from '@noble/hashes/sha3.js';

/** A wallet as a browser’s extension is one: it signs what it is given (EIP-191). */
export class Wallet {
  private readonly key = secp256k1.utils.randomSecretKey();
  readonly address: string;

  constructor() {
    const hash = keccak_256(secp256k1.getPublicKey(this.key, false).subarray(1));
    this.address = `0x${Buffer.from(hash.subarray(-20)).toString('hex')}`;
  }

  sign(message: string, v = 27): string {
    const text = Buffer.from(message);
    const hash = keccak_256(Buffer.concat([Buffer.from(`\x19Ethereum Signed Message:\n${text.length}`), text]));
    const signed = secp256k1.sign(hash, this.key, { prehash: false, format: 'recovered' });
    return `0x${Buffer.from([...signed.subarray(1), signed[0]! + v]).toString('hex')}`;
  }
}
