import { CK, CryptokiError, ulong, type AddressOf, type Laid } from './cryptoki.js';

/** Parameters of the functions that are used: n is a number, p points to bytes, b is a byte. */
const FUNCTIONS = {
  C_Initialize: 'p',
  C_Finalize: 'p',
  C_GetSlotList: 'bpp',
  C_GetTokenInfo: 'np',
  C_InitToken: 'npnp',
  C_InitPIN: 'npn',
  C_OpenSession: 'nnppp',
  C_CloseSession: 'n',
  C_CloseAllSessions: 'n',
  C_GetSessionInfo: 'np',
  C_Login: 'nnpn',
  C_Logout: 'n',
  C_FindObjectsInit: 'npn',
  C_FindObjects: 'npnp',
  C_FindObjectsFinal: 'n',
  C_GetAttributeValue: 'nnpn',
  C_GenerateKey: 'nppnp',
  C_GenerateKeyPair: 'nppnpnpp',
  C_DestroyObject: 'nn',
  C_EncryptInit: 'npn',
  C_Encrypt: 'npnpp',
  C_DecryptInit: 'npn',
  C_Decrypt: 'npnpp',
  C_SignInit: 'npn',
  C_Sign: 'npnpp',
  C_GenerateRandom: 'npn',
} as const;
type FunctionName = keyof typeof FUNCTIONS;

type NativeArgument = number | bigint | Buffer | null;
type Argument = NativeArgument | Laid;
type Native = ((...args: NativeArgument[]) => number) & {
  async(...args: [...NativeArgument[], (error: Error | null, code: number) => void]): void;
};

const TYPES: Readonly<Record<string, string>> = { n: 'ulong', p: 'void *', b: 'uchar' };
const MOST_SLOTS = 64;

/** A library is initialized once in a process, whoever uses it. */
const loaded = new Map<string, CryptokiLibrary>();

/** A PKCS #11 library, called the way C does. Laid out for 64-bit Linux and macOS. */
export class CryptokiLibrary {
  /** What calls under way point to: C’s pointers do not keep anything. */
  private readonly held = new Set<readonly Argument[]>();

  private constructor(
    private readonly native: ReadonlyMap<FunctionName, Native>,
    readonly addressOf: AddressOf,
  ) {}

  /** @throws Error when there is no such library, or no way to call it on this machine */
  static async load(modulePath: string): Promise<CryptokiLibrary> {
    const known = loaded.get(modulePath);
    if (known) return known;
    if (process.platform === 'win32') throw new Error('PKCS #11 is for Linux and macOS here');
    // An optional package: only those who have an HSM need it.
    const { default: koffi } = await import('koffi');
    // The library's own OpenSSL, not the one within Node.
    const file = koffi.load(modulePath, { deep: process.platform === 'linux' });
    const native = new Map(
      Object.entries(FUNCTIONS).map(([name, parameters]) => {
        const types = [...parameters].map((letter) => TYPES[letter]!);
        return [name as FunctionName, file.func(name, 'ulong', types) as Native];
      }),
    );
    const library = new CryptokiLibrary(native, (bytes) => koffi.address(bytes));
    library.initialize();
    loaded.set(modulePath, library);
    return library;
  }

  /** @throws CryptokiError */
  call(name: FunctionName, ...args: Argument[]): void {
    this.held.add(args);
    try {
      check(name, this.native.get(name)!(...args.map(nativeOf)));
    } finally {
      this.held.delete(args);
    }
  }

  /** The same on another thread. */
  callAsync(name: FunctionName, ...args: Argument[]): Promise<void> {
    this.held.add(args);
    const called = new Promise<void>((resolve, reject) => {
      this.native.get(name)!.async(...args.map(nativeOf), (error, code) => {
        if (error) return reject(error);
        try {
          resolve(check(name, code));
        } catch (refused) {
          reject(refused as Error);
        }
      });
    });
    return called.finally(() => this.held.delete(args));
  }

  /** Slots that have a token in them. */
  slots(): bigint[] {
    const [list, count] = [ulong(...Array<number>(MOST_SLOTS).fill(0)), ulong(MOST_SLOTS)];
    this.call('C_GetSlotList', 1, list, count);
    return Array.from({ length: Number(count.readBigUInt64LE()) }, (_, at) => list.readBigUInt64LE(at * 8));
  }

  /** Does nothing when the library is at work already. */
  initialize(): void {
    // `CK_C_INITIALIZE_ARGS`: without locks libraries are not safe on several threads.
    const options = ulong(0, 0, 0, 0, CK.CKF_OS_LOCKING_OK, 0);
    try {
      this.call('C_Initialize', options);
    } catch (error) {
      if ((error as CryptokiError).code !== CK.CKR_CRYPTOKI_ALREADY_INITIALIZED) throw error;
    }
  }
}

const nativeOf = (argument: Argument): NativeArgument =>
  typeof argument === 'object' && argument !== null && 'bytes' in argument ? argument.bytes : argument;

function check(name: string, code: number | bigint): void {
  if (Number(code) !== 0) throw new CryptokiError(name, Number(code));
}
