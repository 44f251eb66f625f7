import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import fs from 'node:fs';
import { createInterface } from 'node:readline';
import { IntegrityError } from '../kek/envelope.js';
import { openFileKey, sealFileKey, type Opener, type Recipient } from './recipient.js';

const FORMAT = 'gatehouse-secrets-export/v1';
const TAG = 16;

interface Header {
  format: string;
  /** The file's key, for its recipient. */
  key: string;
}

/**
 * A file of sealed parts, one a line, after a line that says how to open them. Each part is bound to its place and to
 * the header, and the last one says that it is the last: nothing can be changed, moved, left out or cut off.
 */
export class SealedFileWriter {
  private index = 0;
  private readonly written = createHash('sha256');

  private constructor(
    private readonly file: fs.promises.FileHandle,
    private readonly key: Buffer,
    private readonly header: string,
  ) {}

  /** @throws StartProblem when nothing can be sealed for that recipient; Error when the file is there */
  static async create(path: string, recipient: Recipient): Promise<SealedFileWriter> {
    const { key, sealed } = await sealFileKey(recipient);
    const header = JSON.stringify({ format: FORMAT, key: sealed } satisfies Header);
    const writer = new SealedFileWriter(await fs.promises.open(path, 'wx', 0o600), key, header);
    await writer.writeLine(header);
    return writer;
  }

  async add(part: object, last = false): Promise<void> {
    const cipher = createCipheriv('aes-256-gcm', this.key, nonceOf(this.index), { authTagLength: TAG });
    cipher.setAAD(placeOf(this.header, this.index++, last));
    const sealed = [cipher.update(JSON.stringify(part), 'utf8'), cipher.final(), cipher.getAuthTag()];
    await this.writeLine(Buffer.concat(sealed).toString('base64'));
  }

  /** Adds the last part and lets go of the file. @returns the SHA-256 of the file, in hex */
  async end(part: object): Promise<string> {
    await this.add(part, true);
    await this.file.sync();
    await this.close();
    return this.written.digest('hex');
  }

  async close(): Promise<void> {
    this.key.fill(0);
    await this.file.close();
  }

  private async writeLine(line: string): Promise<void> {
    this.written.update(`${line}\n`);
    await this.file.writeFile(`${line}\n`);
  }
}

/** A part of such a file. */
export interface SealedPart {
  part: unknown;
  last: boolean;
}

/**
 * The parts of such a file in order; the last one with `last`.
 * @param digest of the file as it was written: who knows a public key can seal a file for it, too
 * @returns the SHA-256 of the file, in hex
 * @throws StartProblem for another's file; IntegrityError for a part that was changed, and at the end of a file that was
 * cut off or has another digest
 */
export async function* readSealedFile(
  path: string,
  opener: Opener,
  digest?: string,
): AsyncGenerator<SealedPart, string> {
  const read = createHash('sha256');
  let header: string | undefined;
  let key: Buffer | undefined;
  let index = 0;
  let ended = false;
  const input = fs.createReadStream(path).on('data', (bytes) => read.update(bytes));
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    if (!key || header === undefined) {
      header = line;
      key = await openFileKey(headerOf(line).key, opener);
      continue;
    }
    if (ended) throw new IntegrityError();
    const sealed = Buffer.from(line, 'base64');
    const part = open(key, header, index, sealed, false);
    ended = part === undefined;
    yield { part: JSON.parse(part ?? openLast(key, header, index, sealed)) as unknown, last: ended };
    index++;
  }
  const found = read.digest('hex');
  if (!ended || (digest !== undefined && digest !== found)) throw new IntegrityError();
  return found;
}

function headerOf(line: string): Header {
  const header = JSON.parse(line.startsWith('{') ? line : '{}') as Partial<Header>;
  if (header.format !== FORMAT || typeof header.key !== 'string') throw new Error('this is no export of secrets');
  return header as Header;
}

function openLast(key: Buffer, header: string, index: number, sealed: Buffer): string {
  const part = open(key, header, index, sealed, true);
  if (part === undefined) throw new IntegrityError();
  return part;
}

function open(key: Buffer, header: string, index: number, sealed: Buffer, last: boolean): string | undefined {
  if (sealed.length < TAG) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(index), { authTagLength: TAG });
  decipher.setAAD(placeOf(header, index, last)).setAuthTag(sealed.subarray(-TAG));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, -TAG)), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

/** The key is one file's alone, so that a counter never repeats under it. */
function nonceOf(index: number): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64BE(BigInt(index), 4);
  return nonce;
}

const placeOf = (header: string, index: number, last: boolean): Buffer =>
  createHash('sha256')
    .update(`${header}\n${index}\n${last ? 'last' : 'more'}`)
    .digest();
