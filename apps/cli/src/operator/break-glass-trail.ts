import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { Told } from '../told.js';

/** What is written down before anything is signed. */
export interface TrailEntry {
  at: string;
  by: string;
  host: string;
  reason: string;
  kid: string;
  license_key: string;
  jti: string;
}

type Line = TrailEntry & { prev: string; hash: string };

const START = '0'.repeat(64);

/** The audit trail of signatures that were made without the services: every line holds the hash of the one before. */
export class BreakGlassTrail {
  constructor(private readonly file: string) {}

  /**
   * Adds a line, and returns when it is on the disk.
   * @throws Error when a line before was changed or taken away
   */
  append(entry: TrailEntry): void {
    const prev = this.read().at(-1)?.hash ?? START;
    appendDurably(this.file, JSON.stringify({ ...entry, prev, hash: hashOf(entry, prev) }));
  }

  /** The lines so far. @throws Error when one was changed or taken away */
  read(): Line[] {
    const text = fs.existsSync(this.file) ? fs.readFileSync(this.file, 'utf8') : '';
    let prev = START;
    return text
      .split('\n')
      .filter(Boolean)
      .map((line, at) => {
        const { prev: said, hash, ...entry } = parsed(line);
        if (said !== prev || hash !== hashOf(entry, prev)) throw tampered(this.file, at + 1);
        prev = hash;
        return { ...entry, prev: said, hash };
      });
  }
}

const hashOf = (entry: TrailEntry, prev: string): string =>
  createHash('sha256')
    .update(`${prev}\n${JSON.stringify(entry)}`)
    .digest('hex');

function parsed(line: string): Line {
  try {
    return JSON.parse(line) as Line;
  } catch {
    return { hash: '', prev: '' } as Line;
  }
}

const tampered = (file: string, line: number): Error =>
  new Told(
    `Line ${line} of ${file} is not as it was written. Keep the file for those who look into it, and move it away.`,
  );

/** Adds a line to a file that only its owner reads. */
export function appendDurably(file: string, line: string): void {
  const handle = fs.openSync(file, 'a', 0o600);
  try {
    fs.writeSync(handle, `${line}\n`);
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}
