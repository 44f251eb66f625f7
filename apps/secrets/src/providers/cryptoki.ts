/** Numbers of PKCS #11 (v2.40, v3.0 for Edwards curves) that are used here. */
export const CK = {
  CKF_SERIAL_SESSION: 4,
  CKF_RW_SESSION: 2,
  CKF_OS_LOCKING_OK: 2,
  CKU_USER: 1,
  CKO_PUBLIC_KEY: 2,
  CKO_PRIVATE_KEY: 3,
  CKO_SECRET_KEY: 4,
  CKA_CLASS: 0x000,
  CKA_TOKEN: 0x001,
  CKA_PRIVATE: 0x002,
  CKA_LABEL: 0x003,
  CKA_ID: 0x102,
  CKA_SENSITIVE: 0x103,
  CKA_ENCRYPT: 0x104,
  CKA_DECRYPT: 0x105,
  CKA_SIGN: 0x108,
  CKA_VERIFY: 0x10a,
  CKA_MODULUS: 0x120,
  CKA_MODULUS_BITS: 0x121,
  CKA_PUBLIC_EXPONENT: 0x122,
  CKA_VALUE_LEN: 0x161,
  CKA_EXTRACTABLE: 0x162,
  CKA_EC_PARAMS: 0x180,
  CKA_EC_POINT: 0x181,
  CKM_RSA_PKCS_KEY_PAIR_GEN: 0x0000,
  CKM_SHA256_RSA_PKCS: 0x0040,
  CKM_EC_KEY_PAIR_GEN: 0x1040,
  CKM_ECDSA: 0x1041,
  CKM_EC_EDWARDS_KEY_PAIR_GEN: 0x1055,
  CKM_EDDSA: 0x1057,
  CKM_AES_KEY_GEN: 0x1080,
  CKM_AES_GCM: 0x1087,
  CKS_RO_USER_FUNCTIONS: 1,
  CKS_RW_USER_FUNCTIONS: 3,
  CKR_SLOT_ID_INVALID: 0x003,
  CKR_DEVICE_ERROR: 0x030,
  CKR_DEVICE_REMOVED: 0x032,
  CKR_KEY_HANDLE_INVALID: 0x060,
  CKR_OBJECT_HANDLE_INVALID: 0x082,
  CKR_PIN_INCORRECT: 0x0a0,
  CKR_PIN_LOCKED: 0x0a4,
  CKR_SESSION_CLOSED: 0x0b0,
  CKR_SESSION_HANDLE_INVALID: 0x0b3,
  CKR_TOKEN_NOT_PRESENT: 0x0e0,
  CKR_USER_ALREADY_LOGGED_IN: 0x100,
  CKR_USER_NOT_LOGGED_IN: 0x101,
  CKR_CRYPTOKI_NOT_INITIALIZED: 0x190,
  CKR_CRYPTOKI_ALREADY_INITIALIZED: 0x191,
} as const;

/** What a call of the library ended with. */
export class CryptokiError extends Error {
  override readonly name = 'CryptokiError';
  constructor(
    call: string,
    readonly code: number,
  ) {
    super(`${call} answered 0x${code.toString(16)}`);
  }
}

/** Bytes in memory as C sees them, with everything that they point to kept alive. */
export interface Laid {
  bytes: Buffer;
  keep: readonly Buffer[];
}

/** An attribute; a flag and a number are written as C has them. */
export interface Attribute {
  type: number;
  value: Buffer | boolean | number;
}

export type AddressOf = (bytes: Buffer) => bigint;

/** A number of C's type `unsigned long`, 64 bits wide. */
export function ulong(...values: (number | bigint)[]): Buffer {
  const bytes = Buffer.alloc(values.length * 8);
  values.forEach((value, at) => bytes.writeBigUInt64LE(BigInt(value), at * 8));
  return bytes;
}

/** `CK_ATTRIBUTE[]` */
export function attributes(list: readonly Attribute[], addressOf: AddressOf): Laid {
  const keep = list.map(({ value }) => bytesOf(value));
  const triples = list.map(({ type }, at) => ulong(type, pointer(keep[at]!, addressOf), keep[at]!.length));
  return { bytes: Buffer.concat(triples), keep };
}

/** `CK_MECHANISM` */
export function mechanism(type: number, addressOf: AddressOf, parameter: Laid = NOTHING): Laid {
  const { bytes, keep } = parameter;
  return { bytes: ulong(type, pointer(bytes, addressOf), bytes.length), keep: [bytes, ...keep] };
}

/** `CK_GCM_PARAMS` */
export function gcmParameters(nonce: Buffer, aad: Buffer, tagBits: number, addressOf: AddressOf): Laid {
  const bytes = ulong(
    pointer(nonce, addressOf),
    nonce.length,
    nonce.length * 8,
    pointer(aad, addressOf),
    aad.length,
    tagBits,
  );
  return { bytes, keep: [nonce, aad] };
}

const NOTHING: Laid = { bytes: Buffer.alloc(0), keep: [] };

const pointer = (bytes: Buffer, addressOf: AddressOf): bigint => (bytes.length ? addressOf(bytes) : 0n);

function bytesOf(value: Attribute['value']): Buffer {
  if (typeof value === 'boolean') return Buffer.from([value ? 1 : 0]);
  return typeof value === 'number' ? ulong(value) : value;
}
