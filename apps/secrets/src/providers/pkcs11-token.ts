import { StartProblem } from '#boot';
import { attributes, CK, CryptokiError, ulong, type Attribute } from './cryptoki.js';
import { CryptokiLibrary } from './cryptoki-library.js';
import { closeSession, Pkcs11Login, type Session, type TokenAddress } from './pkcs11-login.js';
import { lostBy } from './pkcs11-lost.rules.js';

/** Sessions at once: devices have a limit, and each works on one thing at a time. */
const MOST = 16;

/** An open token. Every operation has a session to itself while it lasts; what the device has forgotten is had anew. */
export class Pkcs11Token {
  private open = 0;
  private readonly idle: Session[] = [];
  private readonly waiting: (() => void)[] = [];
  private renewal?: Promise<void>;
  /** Grows when sessions and numbers of objects from before are no longer good. */
  private age = 0;
  private lost = false;

  private constructor(
    readonly library: CryptokiLibrary,
    private readonly login: Pkcs11Login,
  ) {}

  /** @throws StartProblem when there is no such token, or its PIN is wrong */
  static async open(address: TokenAddress): Promise<Pkcs11Token> {
    try {
      const library = await CryptokiLibrary.load(address.modulePath);
      const login = new Pkcs11Login(library, address);
      await login.renew();
      return new Pkcs11Token(library, login);
    } catch (error) {
      throw new StartProblem({
        what: 'The HSM cannot be used',
        why: (error as Error).message,
        fix: 'Look at the module’s path, the token’s label and PKCS11_PIN_FILE; the optional package koffi has to be installed.',
        cause: error,
      });
    }
  }

  /** Does one thing in a session, and once more when session or login turn out to be lost. @throws CryptokiError */
  async session<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const { age } = this;
    try {
      return await this.once(work);
    } catch (error) {
      const lost = lostBy(error);
      if (!lost) throw error;
      if (age === this.age) await this.renew(lost === 'objects');
      return this.once(work);
    }
  }

  /** Logs in anew if need be. @throws Error when that cannot be done */
  async check(): Promise<void> {
    if (this.lost || !(await this.login.holds())) await this.renew(false);
  }

  /** The object with these attributes. @throws Error when there are several: which of them is meant nobody could tell */
  find(session: Session, wanted: readonly Attribute[]): bigint | undefined {
    const { library } = this;
    const [template, found, count] = [attributes(wanted, library.addressOf), ulong(0, 0), ulong(0)];
    library.call('C_FindObjectsInit', session, template, wanted.length);
    try {
      library.call('C_FindObjects', session, found, 2, count);
      const many = Number(count.readBigUInt64LE());
      if (many > 1) throw new Error('the token has several keys of that name');
      return many === 1 ? found.readBigUInt64LE() : undefined;
    } finally {
      library.call('C_FindObjectsFinal', session);
    }
  }

  /** Looks an object up when it is first wanted, and whenever its number may no longer be good. */
  finder(wanted: readonly Attribute[]): (session: Session) => bigint {
    let known: { age: number; object: bigint } | undefined;
    return (session) => {
      if (known?.age === this.age) return known.object;
      const object = this.find(session, wanted);
      // Whoever is not logged in finds nothing, and is not told why.
      if (object === undefined) throw new CryptokiError('C_FindObjects', CK.CKR_OBJECT_HANDLE_INVALID);
      known = { age: this.age, object };
      return object;
    };
  }

  private async once<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const session = await this.take();
    const { age } = this;
    let sound = false;
    try {
      const done = await work(session);
      sound = age === this.age;
      return done;
    } finally {
      // What failed may have left something begun.
      if (sound) this.idle.push(session);
      else this.drop(session);
      this.waiting.shift()?.();
    }
  }

  /** For all who come while it lasts. */
  private renew(loginMayHold: boolean): Promise<void> {
    this.renewal ??= this.forget(loginMayHold).finally(() => (this.renewal = undefined));
    return this.renewal;
  }

  private async forget(loginMayHold: boolean): Promise<void> {
    this.lost = true;
    // What is under way counts as from before; so does what it looks up meanwhile.
    this.age++;
    for (const session of this.idle.splice(0)) this.drop(session);
    if (!loginMayHold || !(await this.login.holds())) await this.login.renew();
    this.age++;
    this.lost = false;
  }

  private async take(): Promise<Session> {
    for (;;) {
      if (this.lost) await this.renew(false);
      const idle = this.idle.pop();
      if (idle !== undefined) return idle;
      if (this.open < MOST) return this.another();
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  private another(): Session {
    const session = this.login.openSession();
    this.open++;
    return session;
  }

  private drop(session: Session): void {
    this.open--;
    closeSession(this.library, session);
  }
}
