import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { LocalProblem } from '#local';

/** Where the embedded system keeps its data and keys. Everything in it is readable by its owner only. */
export class StateFolder {
  constructor(readonly dir: string) {}

  /** The folder named by GATEHOUSE_DIR, else `.gatehouse` in the project. */
  static fromEnv(env: NodeJS.ProcessEnv = process.env): StateFolder {
    return new StateFolder(path.resolve(env.GATEHOUSE_DIR || '.gatehouse'));
  }

  readonly at = (...names: string[]): string => path.join(this.dir, ...names);

  get devJson(): string {
    return this.at('dev.json');
  }
  get kek(): string {
    return this.at('kek');
  }
  get nkeys(): string {
    return this.at('nkeys');
  }
  get internalCallers(): string {
    return this.at('internal-callers.json');
  }
  get extensionSecrets(): string {
    return this.at('extension-secrets.json');
  }
  get starter(): string {
    return this.at('starter.json');
  }
  get processes(): string {
    return this.at('processes.json');
  }
  readonly log = (name: string): string => this.at('logs', `${name}.log`);

  /** @throws LocalProblem when the folder cannot be made or written to */
  make(): void {
    try {
      for (const dir of [this.dir, this.at('logs')]) {
        fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
        fs.chmodSync(dir, 0o700);
      }
      fs.accessSync(this.dir, fs.constants.W_OK);
    } catch (error) {
      throw new LocalProblem(
        `the state folder ${this.dir} cannot be written: ${(error as Error).message}`,
        'give it to the user who starts Gatehouse, or choose another one with GATEHOUSE_DIR',
      );
    }
  }
}

/** Writes a file of mode 0600 in one step, so that a crash leaves the old one or the new one. */
export function writePrivate(file: string, content: string | Uint8Array): void {
  // A name that nobody can have taken before: what is there already keeps its owner, its mode, and where it leads to.
  const draft = `${file}.${randomBytes(8).toString('hex')}.tmp`;
  fs.writeFileSync(draft, content, { mode: 0o600, flag: 'wx' });
  try {
    fs.renameSync(draft, file);
  } catch (error) {
    fs.rmSync(draft, { force: true });
    throw error;
  }
}

/** @returns the parsed file; undefined when there is none */
export function readJson<T>(file: string): T | undefined {
  if (!fs.existsSync(file)) return undefined;
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as T;
  } catch {
    throw new LocalProblem(`${file} is damaged`, 'mend it or, if you can do without its data, remove the state folder');
  }
}
