import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';

/** What a message to a wallet says. */
export interface WalletMessageTerms {
  /** Of the page that asks; the wallet warns when it shows another. */
  origin: string;
  address: string;
  statement: string;
  chain_id: number;
  nonce: string;
  issued_at: Date;
  expires_at: Date;
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** An address in mixed case, by which typing errors show (EIP-55). */
export function checksummed(address: string): string {
  const digits = address.slice(2).toLowerCase();
  const hash = bytesToHex(keccak_256(utf8(digits)));
  return `0x${[...digits].map((digit, i) => (hash[i]! >= '8' ? digit.toUpperCase() : digit)).join('')}`;
}

/** The message that a wallet shows and signs (EIP-4361). */
export function writeMessage(terms: WalletMessageTerms): string {
  const { origin, address, statement, chain_id, nonce, issued_at, expires_at } = terms;
  return [
    `${new URL(origin).host} wants you to sign in with your Ethereum account:`,
    checksummed(address),
    '',
    statement,
    '',
    `URI: ${origin}`,
    'Version: 1',
    `Chain ID: ${chain_id}`,
    `Nonce: ${nonce}`,
    `Issued At: ${issued_at.toISOString()}`,
    `Expiration Time: ${expires_at.toISOString()}`,
  ].join('\n');
}

/** The nonce in a message. Nothing else is read from it: the whole has to be the one that was given. */
export const nonceIn = (message: string): string | undefined => /^Nonce: ([A-Za-z0-9]{16,64})$/m.exec(message)?.[1];

/** The address, in lower case, whose key made a `personal_sign` over the message (EIP-191); nothing for a malformed one. */
export function signerOf(message: string, signature: string): string | undefined {
  const bytes = hexToBytes(signature.slice(2));
  const v = bytes[64]!;
  const recovery = v >= 27 ? v - 27 : v;
  if (recovery > 1) return undefined;
  const text = utf8(message);
  const hash = keccak_256(Buffer.concat([utf8(`\x19Ethereum Signed Message:\n${text.length}`), text]));
  try {
    const compact = secp256k1.Signature.fromBytes(bytes.subarray(0, 64), 'compact');
    if (compact.hasHighS()) return undefined;
    const key = compact.addRecoveryBit(recovery).recoverPublicKey(hash).toBytes(false);
    return `0x${bytesToHex(keccak_256(key.subarray(1)).subarray(-20))}`;
  } catch {
    return undefined;
  }
}
