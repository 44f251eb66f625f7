import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { StartProblem } from '#boot';

const BYTES = 32;
const OTHERS = 0o007;
const GROUP = 0o070;
const GROUP_READS = 0o040;

const problem = (why: string, fix: string): StartProblem =>
  new StartProblem({ what: 'The key-encryption key cannot be used', why, fix });

/**
 * Reads the 32 bytes of the key-encryption key.
 * @param file its path
 * @param options.create make it when it is missing
 * @throws StartProblem when the file is missing, readable by others, somebody else's, or of another length
 */
export function readKekFile(file: string, options: { create: boolean }): Buffer {
  if (options.create) createKekFile(file);
  const handle = openKekFile(file);
  try {
    // The open file is asked, not its path, so that what is checked is what is read.
    assertPrivate(file, fs.fstatSync(handle));
    const bytes = fs.readFileSync(handle);
    if (bytes.length === BYTES) return bytes;
    throw problem(`${file} has ${bytes.length} bytes instead of ${BYTES}`, 'Restore the file from its backup.');
  } finally {
    fs.closeSync(handle);
  }
}

function openKekFile(file: string): number {
  try {
    return fs.openSync(file, 'r');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw problem(
      missing ? `${file} does not exist` : `${file} cannot be read`,
      missing
        ? `Restore it from its backup; for a new system make one: head -c ${BYTES} /dev/urandom > ${file} && chmod 600 ${file}.`
        : 'Make it a file of the user that runs this service, with mode 0600.',
    );
  }
}

/** Ours and for us alone; or root's and read by our group, which is how Kubernetes mounts secrets. */
function assertPrivate(file: string, { uid, mode }: fs.Stats): void {
  const self = process.getuid?.() ?? uid;
  const shown = (mode & 0o777).toString(8).padStart(4, '0');
  if (uid !== self && uid !== 0) {
    throw problem(`${file} belongs to user ${uid}, not to user ${self}`, `Run: chown ${self} ${file}`);
  }
  const mounted = uid === 0 && self !== 0 && (mode & GROUP & ~GROUP_READS) === 0;
  if ((mode & OTHERS) !== 0 || ((mode & GROUP) !== 0 && !mounted)) {
    throw problem(`${file} has mode ${shown}, so that others can read it`, `Run: chmod 600 ${file}`);
  }
}

/** Several replicas may start at once: the file appears whole, and the first one wins. */
function createKekFile(file: string): void {
  if (fs.existsSync(file)) return;
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const fresh = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  fs.writeFileSync(fresh, randomBytes(BYTES), { mode: 0o600, flag: 'wx' });
  try {
    fs.linkSync(fresh, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    fs.unlinkSync(fresh);
  }
}
