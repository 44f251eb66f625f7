import fs from 'node:fs';
import { CK, CryptokiError, ulong } from './cryptoki.js';
import { CryptokiLibrary } from './cryptoki-library.js';

/** Where a token is, and how it is opened. */
export interface TokenAddress {
  modulePath: string;
  token: string;
  pinFile: string;
}

export type Session = bigint;

const LABEL = 32;
const LOGGED_IN: readonly number[] = [CK.CKS_RO_USER_FUNCTIONS, CK.CKS_RW_USER_FUNCTIONS];
const WRONG_PIN: readonly unknown[] = [CK.CKR_PIN_INCORRECT, CK.CKR_PIN_LOCKED];

/** The login that all sessions of a token share. A session of its own holds it, and can be opened anew. */
export class Pkcs11Login {
  private slot = 0n;
  private control?: Session;
  /** The device counts wrong PINs and locks the token after some: none is tried twice. */
  private refused?: { pin: string; error: Error };

  constructor(
    readonly library: CryptokiLibrary,
    private readonly address: TokenAddress,
  ) {}

  /** Logs in, whatever was before: the token may be in another slot now. @throws Error */
  async renew(): Promise<void> {
    const { library } = this;
    if (this.control !== undefined) closeSession(library, this.control);
    this.control = undefined;
    library.initialize();
    const slot = library.slots().find((each) => labelOf(library, each) === this.address.token);
    if (slot === undefined) throw new Error(`there is no token ${this.address.token}`);
    this.slot = slot;
    const session = this.openSession();
    try {
      await this.login(session);
    } catch (error) {
      closeSession(library, session);
      throw error;
    }
    this.control = session;
  }

  /** Whether the device is there and knows the login. */
  async holds(): Promise<boolean> {
    if (this.control === undefined) return false;
    try {
      const info = ulong(0, 0, 0, 0);
      await this.library.callAsync('C_GetSessionInfo', this.control, info);
      // Some libraries say from memory what the state was; this they have to ask the device.
      await this.library.callAsync('C_GenerateRandom', this.control, Buffer.alloc(8), 8);
      return LOGGED_IN.includes(Number(info.readBigUInt64LE(8)));
    } catch {
      return false;
    }
  }

  /** @throws CryptokiError */
  openSession(): Session {
    const session = ulong(0);
    this.library.call('C_OpenSession', this.slot, CK.CKF_SERIAL_SESSION | CK.CKF_RW_SESSION, null, null, session);
    return session.readBigUInt64LE();
  }

  private async login(session: Session): Promise<void> {
    const pin = fs.readFileSync(this.address.pinFile, 'utf8').trim();
    if (this.refused?.pin === pin) throw this.refused.error;
    const bytes = Buffer.from(pin, 'utf8');
    try {
      await this.library.callAsync('C_Login', session, CK.CKU_USER, bytes, bytes.length);
    } catch (error) {
      const { code } = error as CryptokiError;
      if (code === CK.CKR_USER_ALREADY_LOGGED_IN) return;
      if (WRONG_PIN.includes(code)) this.refused = { pin, error: error as Error };
      throw error;
    }
  }
}

/** Closes a session that may be gone already. */
export function closeSession(library: CryptokiLibrary, session: Session): void {
  try {
    library.call('C_CloseSession', session);
  } catch {
    // It is gone already.
  }
}

/** The beginning of `CK_TOKEN_INFO`. */
function labelOf(library: CryptokiLibrary, slot: bigint): string {
  const info = Buffer.alloc(512);
  library.call('C_GetTokenInfo', slot, info);
  return info.subarray(0, LABEL).toString('utf8').trim();
}
