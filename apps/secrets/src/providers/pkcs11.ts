import { createHash, randomBytes } from 'node:crypto';
import { StartProblem } from '#boot';
import { IntegrityError } from '../kek/envelope.js';
import { KeyProvider, type GeneratedKey, type Signer, type SigningKeySpec } from '../kek/key-provider.js';
import { lengthPrefixed } from '../kek/length-prefixed.js';
import { attributes, CK, gcmParameters, mechanism, ulong, type Attribute, type Laid } from './cryptoki.js';
import { generation, publicAttributes, publicJwk, signing } from './pkcs11-keys.rules.js';
import type { Session, TokenAddress } from './pkcs11-login.js';
import { lostBy } from './pkcs11-lost.rules.js';
import { Pkcs11Token } from './pkcs11-token.js';
import { unavailable } from './provider-request.js';

const NONCE = 12;
const TAG = 16;
/** Of one attribute of a public key. */
const LONGEST = 1_024;

/** An AES-256 key in a token, by its label. */
export interface Pkcs11Address extends TokenAddress {
  object: string;
}

/** A hardware security module, or what behaves like one, over PKCS #11. */
export class Pkcs11 extends KeyProvider {
  readonly id: string;

  private constructor(
    private readonly token: Pkcs11Token,
    where: Pkcs11Address,
    private readonly kek: (session: Session) => bigint,
  ) {
    super();
    this.id = `pkcs11:token=${where.token};object=${where.object}`;
  }

  /** @throws StartProblem when the token or its key cannot be used */
  static async open(where: Pkcs11Address): Promise<Pkcs11> {
    const token = await Pkcs11Token.open(where);
    const wanted = [
      { type: CK.CKA_CLASS, value: CK.CKO_SECRET_KEY },
      { type: CK.CKA_LABEL, value: Buffer.from(where.object, 'utf8') },
    ];
    const kek = await token
      .session(async (session) => token.find(session, wanted))
      .catch((error: unknown) => {
        throw notOne(where, (error as Error).message, 'Take the others away, or give them other labels.');
      });
    if (kek !== undefined) return new Pkcs11(token, where, token.finder(wanted));
    const make = `pkcs11-tool --module ${where.modulePath} --login --keygen --key-type AES:32 --label ${where.object}`;
    throw notOne(where, 'the token has no secret key of that label', `Make it: ${make}`);
  }

  wrap(dataKey: Buffer, context: readonly string[]): Promise<Buffer> {
    const nonce = randomBytes(NONCE);
    return this.do(async (session) => {
      const how = this.gcm(nonce, context);
      this.token.library.call('C_EncryptInit', session, how, this.kek(session));
      const sealed = await this.produce('C_Encrypt', session, dataKey, dataKey.length + TAG);
      return Buffer.concat([nonce, sealed]);
    });
  }

  async unwrap(wrapped: Buffer, context: readonly string[]): Promise<Buffer> {
    if (wrapped.length < NONCE + TAG) throw new IntegrityError();
    const [nonce, sealed] = [Buffer.from(wrapped.subarray(0, NONCE)), Buffer.from(wrapped.subarray(NONCE))];
    try {
      return await this.token.session((session) => {
        const how = this.gcm(nonce, context);
        this.token.library.call('C_DecryptInit', session, how, this.kek(session));
        return this.produce('C_Decrypt', session, sealed, sealed.length);
      });
    } catch (error) {
      // Libraries say the same of a wrong tag and of a broken device.
      if (!lostBy(error) && (await this.works())) throw new IntegrityError();
      throw unavailable(this.id, 'the token does not work');
    }
  }

  generate(spec: SigningKeySpec): Promise<GeneratedKey> {
    const { library } = this.token;
    const { mechanism: type, template } = generation(spec);
    return this.do(async (session) => {
      // One of its own for each try: a first one may have left a key behind.
      const handle = randomBytes(16);
      const how = mechanism(type, library.addressOf);
      const publicHalf = attributes(
        [...ownId(handle), { type: CK.CKA_VERIFY, value: true }, ...template],
        library.addressOf,
      );
      const privateHalf = attributes([...ownId(handle), ...PRIVATE], library.addressOf);
      const [publicKey, privateKey] = [ulong(0), ulong(0)];
      const templates = [publicHalf, privateHalf].flatMap((half) => [half, half.keep.length]);
      await library.callAsync('C_GenerateKeyPair', session, how, ...templates, publicKey, privateKey);
      const read = this.read(session, publicKey.readBigUInt64LE(), publicAttributes(spec));
      return { publicJwk: publicJwk(spec, read), handle };
    });
  }

  async open(spec: SigningKeySpec, handle: Buffer): Promise<Signer> {
    const { mechanism: type, length } = signing(spec);
    const key = this.token.finder(ofClass(Buffer.from(handle), CK.CKO_PRIVATE_KEY));
    await this.do((session) => Promise.resolve(key(session)));
    return (data) => {
      const input = spec.alg === 'ES256' ? createHash('sha256').update(data).digest() : Buffer.from(data);
      return this.do((session) => {
        const how = mechanism(type, this.token.library.addressOf);
        this.token.library.call('C_SignInit', session, how, key(session));
        return this.produce('C_Sign', session, input, length);
      });
    };
  }

  async destroy(handle: Buffer): Promise<void> {
    // Whoever is not logged in finds nothing to destroy.
    await this.check();
    return this.do((session) => {
      for (const kind of [CK.CKO_PRIVATE_KEY, CK.CKO_PUBLIC_KEY]) {
        const key = this.token.find(session, ofClass(handle, kind));
        if (key !== undefined) this.token.library.call('C_DestroyObject', session, key);
      }
      return Promise.resolve();
    });
  }

  override async check(): Promise<void> {
    try {
      await this.token.check();
    } catch (error) {
      throw unavailable(this.id, (error as Error).message);
    }
  }

  /** Tells a wrong ciphertext from a broken device. */
  private works(): Promise<boolean> {
    return this.token.check().then(
      () => true,
      () => false,
    );
  }

  /** The second half of an operation: bytes in, bytes out, on another thread. */
  private async produce(
    name: 'C_Encrypt' | 'C_Decrypt' | 'C_Sign',
    session: Session,
    input: Buffer,
    most: number,
  ): Promise<Buffer> {
    const [output, length] = [Buffer.alloc(Math.max(most, 1)), ulong(most)];
    // Some libraries take no null pointer, not even for no bytes.
    const bytes = input.length ? input : Buffer.alloc(1);
    await this.token.library.callAsync(name, session, bytes, input.length, output, length);
    return output.subarray(0, Number(length.readBigUInt64LE()));
  }

  private read(session: Session, key: bigint, types: readonly number[]): Buffer[] {
    return types.map((type) => {
      const wanted = attributes([{ type, value: Buffer.alloc(LONGEST) }], this.token.library.addressOf);
      this.token.library.call('C_GetAttributeValue', session, key, wanted, 1);
      return wanted.keep[0]!.subarray(0, Number(wanted.bytes.readBigUInt64LE(16)));
    });
  }

  private gcm(nonce: Buffer, context: readonly string[]): Laid {
    const { addressOf } = this.token.library;
    return mechanism(CK.CKM_AES_GCM, addressOf, gcmParameters(nonce, lengthPrefixed(context), TAG * 8, addressOf));
  }

  private async do<T>(work: (session: Session) => Promise<T>): Promise<T> {
    try {
      return await this.token.session(work);
    } catch (error) {
      throw unavailable(this.id, (error as Error).message);
    }
  }
}

const notOne = ({ token, object }: Pkcs11Address, why: string, fix: string): StartProblem =>
  new StartProblem({ what: `The key-encryption key ${object} of the token ${token} cannot be used`, why, fix });

/** It signs, and does not come out. */
const PRIVATE: Attribute[] = [
  { type: CK.CKA_PRIVATE, value: true },
  { type: CK.CKA_SENSITIVE, value: true },
  { type: CK.CKA_EXTRACTABLE, value: false },
  { type: CK.CKA_SIGN, value: true },
];

const ownId = (id: Buffer): Attribute[] => [
  { type: CK.CKA_TOKEN, value: true },
  { type: CK.CKA_ID, value: id },
];

const ofClass = (id: Buffer, kind: number): Attribute[] => [
  { type: CK.CKA_CLASS, value: kind },
  { type: CK.CKA_ID, value: id },
];
