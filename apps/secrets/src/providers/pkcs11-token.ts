import fs from 'node:fs';
import { StartProblem } from '#boot';
import { attributes, CK, ulong, type Attribute, type CryptokiError } from './cryptoki.js';
import { CryptokiLibrary } from './cryptoki-library.js';
import { unavailable } from './provider-request.js';

/** Where a token is, and how it is opened. */
export interface TokenAddress {
  modulePath: string;
  token: string;
  pinFile: string;
}

export type Session = bigint;

/** Sessions at once: devices have a limit, and each works on one thing at a time. */
const MOST = 16;
const LABEL = 32;

/** An open token. Every operation has a session to itself while it lasts. */
export class Pkcs11Token {
  private open = 0;
  private readonly idle: Session[] = [];
  private readonly waiting: (() => void)[] = [];

  private constructor(
    readonly library: CryptokiLibrary,
    private readonly slot: bigint,
    private readonly name: string,
    /** Holds the login for all others. */
    private readonly control: Session,
  ) {}

  /** @throws StartProblem when there is no such token, or its PIN is wrong */
  static async open({ modulePath, token, pinFile }: TokenAddress): Promise<Pkcs11Token> {
    try {
      const library = await CryptokiLibrary.load(modulePath);
      const slot = library.slots().find((each) => labelOf(library, each) === token);
      if (slot === undefined) throw new Error(`there is no token ${token}`);
      const control = openSession(library, slot);
      login(library, control, fs.readFileSync(pinFile, 'utf8').trim());
      return new Pkcs11Token(library, slot, `pkcs11:token=${token}`, control);
    } catch (error) {
      throw new StartProblem({
        what: 'The HSM cannot be used',
        why: (error as Error).message,
        fix: 'Look at the module’s path, the token’s label and PKCS11_PIN_FILE; the optional package koffi has to be installed.',
        cause: error,
      });
    }
  }

  /** Does one thing in a session. @throws Refusal `unavailable` when there is none to be had */
  async session<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const session = await this.take();
    try {
      const done = await work(session);
      this.idle.push(session);
      return done;
    } catch (error) {
      // What failed may have left something begun.
      this.drop(session);
      throw error;
    } finally {
      this.waiting.shift()?.();
    }
  }

  /** The object with these attributes. */
  find(session: Session, wanted: readonly Attribute[]): bigint | undefined {
    const { library } = this;
    const [template, found, count] = [attributes(wanted, library.addressOf), ulong(0), ulong(0)];
    library.call('C_FindObjectsInit', session, template, wanted.length);
    try {
      library.call('C_FindObjects', session, found, 1, count);
      return count.readBigUInt64LE() === 1n ? found.readBigUInt64LE() : undefined;
    } finally {
      library.call('C_FindObjectsFinal', session);
    }
  }

  /** Whether the token works at all; tells a wrong ciphertext from a broken device. */
  get alive(): boolean {
    try {
      this.library.call('C_GenerateRandom', this.control, Buffer.alloc(8), 8);
      return true;
    } catch {
      return false;
    }
  }

  private async take(): Promise<Session> {
    for (;;) {
      const idle = this.idle.pop();
      if (idle !== undefined) return idle;
      if (this.open < MOST) return this.another();
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  private another(): Session {
    try {
      const session = openSession(this.library, this.slot);
      this.open++;
      return session;
    } catch {
      throw unavailable(this.name, 'the token gives no session');
    }
  }

  private drop(session: Session): void {
    this.open--;
    try {
      this.library.call('C_CloseSession', session);
    } catch {
      // It is gone already.
    }
  }
}

function openSession(library: CryptokiLibrary, slot: bigint): Session {
  const session = ulong(0);
  library.call('C_OpenSession', slot, CK.CKF_SERIAL_SESSION | CK.CKF_RW_SESSION, null, null, session);
  return session.readBigUInt64LE();
}

/** The beginning of `CK_TOKEN_INFO`. */
function labelOf(library: CryptokiLibrary, slot: bigint): string {
  const info = Buffer.alloc(512);
  library.call('C_GetTokenInfo', slot, info);
  return info.subarray(0, LABEL).toString('utf8').trim();
}

function login(library: CryptokiLibrary, session: Session, pin: string): void {
  const bytes = Buffer.from(pin, 'utf8');
  try {
    library.call('C_Login', session, CK.CKU_USER, bytes, bytes.length);
  } catch (error) {
    if ((error as CryptokiError).code !== CK.CKR_USER_ALREADY_LOGGED_IN) throw error;
  }
}
