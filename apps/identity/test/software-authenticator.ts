import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/** What a ceremony may be made to do wrong. */
export interface Misbehaviour {
  origin?: string;
  rpId?: string;
  type?: string;
  challenge?: string;
  userPresent?: boolean;
  userVerified?: boolean;
  counter?: number;
  signWith?: KeyObject;
}

interface Options {
  challenge: string;
  rp?: { id: string };
  rpId?: string;
  user?: { id: string };
}

const b64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
const sha256 = (data: Buffer | string): Buffer => createHash('sha256').update(data).digest();

/** CBOR (RFC 8949) of what authenticators write: small integers, bytes, texts and maps. */
function cbor(value: number | string | Buffer | Map<number | string, unknown>): Buffer {
  const head = (major: number, n: number): Buffer =>
    n < 24
      ? Buffer.from([(major << 5) | n])
      : n < 256
        ? Buffer.from([(major << 5) | 24, n])
        : Buffer.from([(major << 5) | 25, n >> 8, n & 255]);
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  const members = [...value].flatMap(([key, member]) => [cbor(key), cbor(member as number)]);
  return Buffer.concat([head(5, value.size), ...members]);
}

/** An authenticator without hardware: one passkey on ES256, which says what real ones say unless it is told not to. */
export class SoftwareAuthenticator {
  private readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  private readonly id = randomBytes(32);
  private counter = 0;
  private userHandle?: string;

  constructor(private readonly origin: string) {}

  /** `navigator.credentials.create`, in JSON. */
  create(options: Options, wrong: Misbehaviour = {}): Record<string, unknown> {
    this.userHandle = options.user!.id;
    const { x, y } = this.keys.publicKey.export({ format: 'jwk' }) as { x: string; y: string };
    const key = cbor(
      new Map<number, unknown>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, Buffer.from(x, 'base64url')],
        [-3, Buffer.from(y, 'base64url')],
      ]),
    );
    const length = Buffer.from([this.id.length >> 8, this.id.length & 255]);
    const attested = Buffer.concat([Buffer.alloc(16), length, this.id, key]);
    const authData = this.dataFor(wrong.rpId ?? options.rp!.id, wrong, attested);
    const attestationObject = cbor(
      new Map<string, unknown>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', authData],
      ]),
    );
    const clientDataJSON = this.clientData('webauthn.create', options.challenge, wrong);
    return this.credential({ attestationObject: b64(attestationObject), clientDataJSON: b64(clientDataJSON) });
  }

  /** `navigator.credentials.get`, in JSON. */
  get(options: Options, wrong: Misbehaviour = {}): Record<string, unknown> {
    this.counter++;
    const authenticatorData = this.dataFor(wrong.rpId ?? options.rpId!, wrong);
    const clientDataJSON = this.clientData('webauthn.get', options.challenge, wrong);
    const signed = Buffer.concat([authenticatorData, sha256(clientDataJSON)]);
    const signature = sign('sha256', signed, wrong.signWith ?? this.keys.privateKey);
    return this.credential({
      authenticatorData: b64(authenticatorData),
      clientDataJSON: b64(clientDataJSON),
      signature: b64(signature),
      userHandle: this.userHandle,
    });
  }

  private credential(response: object): Record<string, unknown> {
    return { id: b64(this.id), rawId: b64(this.id), type: 'public-key', clientExtensionResults: {}, response };
  }

  private clientData(type: string, challenge: string, wrong: Misbehaviour): Buffer {
    const data = {
      type: wrong.type ?? type,
      challenge: wrong.challenge ?? challenge,
      origin: wrong.origin ?? this.origin,
      crossOrigin: false,
    };
    return Buffer.from(JSON.stringify(data));
  }

  private dataFor(rpId: string, wrong: Misbehaviour, attested?: Buffer): Buffer {
    const { userPresent = true, userVerified = true, counter = this.counter } = wrong;
    const flags = (userPresent ? 1 : 0) | (userVerified ? 4 : 0) | (attested ? 0x40 : 0);
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    return Buffer.concat([sha256(rpId), Buffer.from([flags]), count, attested ?? Buffer.alloc(0)]);
  }
}
