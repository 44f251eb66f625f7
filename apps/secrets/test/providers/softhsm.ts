import fs from 'node:fs';
import path from 'node:path';
import { fetchDebianPackage } from '#local';
import { attributes, CK, mechanism, ulong } from '../../src/providers/cryptoki.js';
import { CryptokiLibrary } from '../../src/providers/cryptoki-library.js';

export const PIN = '1234567890';
const INSTALLED = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so',
  '/opt/homebrew/lib/softhsm/libsofthsm2.so',
  '/usr/local/lib/softhsm/libsofthsm2.so',
];

/** The library of SoftHSM 2: this machine's own, else the Debian package, fetched once and unpacked beside the project. */
async function softHsm(): Promise<string> {
  const cache = path.resolve('.gatehouse/cache/softhsm');
  const kept = path.join(cache, 'libsofthsm2.so');
  const found = [...INSTALLED, kept].find((file) => fs.existsSync(file));
  if (found) return found;
  fs.mkdirSync(cache, { recursive: true });
  const draft = fs.mkdtempSync(path.join(cache, 'fetch-'));
  try {
    fs.renameSync(await fetchedInto(draft), kept);
  } catch (error) {
    const why = (error as Error).message.trim().split('\n').at(-1);
    const fix = 'install it (Debian: libsofthsm2; macOS: brew install softhsm), or connect this machine and try again';
    throw new Error(`SoftHSM 2 is missing and could not be fetched (${why}): ${fix}`, { cause: error });
  } finally {
    fs.rmSync(draft, { recursive: true, force: true });
  }
  return kept;
}

/** The library in the package of this machine’s Debian suite. */
async function fetchedInto(dir: string): Promise<string> {
  const [, suite = 'stable'] = /VERSION_CODENAME=(\w+)/.exec(fs.readFileSync('/etc/os-release', 'utf8')) ?? [];
  const root = await fetchDebianPackage(dir, suite, 'libsofthsm2');
  const files = fs.readdirSync(root, { recursive: true, encoding: 'utf8' }).map((file) => path.join(root, file));
  // The package has a link to it, too.
  const library = files.find(isLibrary);
  if (!library) throw new Error('the package has no libsofthsm2.so');
  return library;
}

const isLibrary = (file: string): boolean => file.endsWith('/libsofthsm2.so') && fs.lstatSync(file).isFile();

/** A token with AES keys: one `kek`, one `other`, and two that are both called `twin`. */
export interface SoftToken {
  library: string;
  label: string;
}

/** Makes a token in `dir`, from now on the only one: the library, which a process has once, is begun anew for it. */
export async function softToken(dir: string): Promise<SoftToken> {
  const conf = path.join(dir, 'softhsm2.conf');
  fs.mkdirSync(path.join(dir, 'tokens'), { recursive: true });
  fs.writeFileSync(
    conf,
    `directories.tokendir = ${path.join(dir, 'tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`,
  );
  // Jest gives tests an environment of their own; C reads the process'.
  const { default: koffi } = await import('koffi');
  koffi.load(null).func('setenv', 'int', ['str', 'str', 'int'])('SOFTHSM2_CONF', conf, 1);
  const file = await softHsm();
  const library = await CryptokiLibrary.load(file);
  // Another test file in this process may have used it, with a folder of its own.
  library.call('C_Finalize', null);
  library.initialize();
  const label = 'gatehouse';
  const [pin, name] = [Buffer.from(PIN), Buffer.from(label.padEnd(32))];
  library.call('C_InitToken', library.slots()[0]!, pin, pin.length, name);
  // The token has moved to a slot of its own.
  const slot = library.slots()[0]!;
  const out = ulong(0);
  library.call('C_OpenSession', slot, CK.CKF_SERIAL_SESSION | CK.CKF_RW_SESSION, null, null, out);
  const session = out.readBigUInt64LE();
  library.call('C_Login', session, SECURITY_OFFICER, pin, pin.length);
  library.call('C_InitPIN', session, pin, pin.length);
  library.call('C_CloseSession', session);
  library.call('C_OpenSession', slot, CK.CKF_SERIAL_SESSION | CK.CKF_RW_SESSION, null, null, out);
  library.call('C_Login', out.readBigUInt64LE(), CK.CKU_USER, pin, pin.length);
  for (const object of ['kek', 'other', 'twin', 'twin']) addKey(library, out.readBigUInt64LE(), object);
  return { library: file, label };
}

const SECURITY_OFFICER = 0;

function addKey(library: CryptokiLibrary, session: bigint, label: string): void {
  const template = attributes(
    [
      { type: CK.CKA_TOKEN, value: true },
      { type: CK.CKA_LABEL, value: Buffer.from(label) },
      { type: CK.CKA_VALUE_LEN, value: 32 },
      { type: CK.CKA_ENCRYPT, value: true },
      { type: CK.CKA_DECRYPT, value: true },
      { type: CK.CKA_SENSITIVE, value: true },
      { type: CK.CKA_EXTRACTABLE, value: false },
    ],
    library.addressOf,
  );
  const how = mechanism(CK.CKM_AES_KEY_GEN, library.addressOf);
  library.call('C_GenerateKey', session, how, template, template.keep.length, ulong(0));
}
