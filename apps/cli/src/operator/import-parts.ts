import fs from 'node:fs';
import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { Told } from '../told.js';

interface FileRecord {
  text: string;
  line: number;
}

/** A part of a file that the API takes at once. */
export class Part {
  constructor(
    private readonly header: string,
    private readonly records: readonly FileRecord[],
    /** How much of the file has been read by now. */
    readonly bytes: number,
  ) {}

  get text(): string {
    return this.header + this.records.map(({ text }) => text).join('\n');
  }

  /** Line of its first record. */
  get firstLine(): number {
    return this.records[0]?.line ?? 1;
  }

  /** The same in two parts; none when it is a single record. */
  halves(): [Part, Part] | undefined {
    const half = this.records.length >> 1;
    if (half === 0) return undefined;
    const of = (records: readonly FileRecord[]): Part => new Part(this.header, records, this.bytes);
    return [of(this.records.slice(0, half)), of(this.records.slice(half))];
  }
}

/** Below what the API takes at once, whatever the last line adds. */
const PART_BYTES = 160_000;
const PART_LINES = 4_000;
/** A record that no part has room for: a quote that is never closed, say. */
const LONGEST_RECORD = 250_000;

interface Parsed {
  raw: string;
}

const BREAK = /\r\n|\n|\r/;

export const isCsv = (file: string): boolean => /\.csv$/i.test(file);

/** A file in parts that end where a record ends. */
export const partsOf = (file: string): AsyncGenerator<Part> => (isCsv(file) ? recordsOf(file) : linesOf(file));

async function* linesOf(file: string): AsyncGenerator<Part> {
  const stream = fs.createReadStream(file);
  const part = new Gatherer();
  let line = 1;
  for await (const text of linesIn(decoded(stream))) {
    if (part.isFull(text)) yield part.take(stream.bytesRead);
    part.add(text, line++);
  }
  if (part.isFilled()) yield part.take(stream.bytesRead);
}

async function* linesIn(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const text of texts) {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop()!;
    if (rest.length > LONGEST_RECORD) throw new Told(`A line is longer than ${LONGEST_RECORD} characters.`);
    for (const line of lines) yield line.replace(/\r$/, '');
  }
  if (rest) yield rest;
}

/** Every part has the header; blank lines stay, so that a line has the same number in a part as in the file. */
async function* recordsOf(file: string): AsyncGenerator<Part> {
  const stream = fs.createReadStream(file);
  const options = { bom: true, raw: true, relax_column_count: true, relax_quotes: true } as const;
  const texts = Readable.from(decoded(stream));
  const parser = texts.pipe(parse({ ...options, max_record_size: LONGEST_RECORD }));
  texts.on('error', (error) => parser.destroy(error));
  let part: Gatherer | undefined;
  let line = 1;
  for await (const { raw } of parser as AsyncIterable<Parsed>) {
    const text = raw.replace(/(\r\n|\n|\r)$/, '');
    if (!part) part = new Gatherer(`${text.replace(/^\uFEFF/, '')}\n`);
    else {
      if (part.isFull(text)) yield part.take(stream.bytesRead);
      part.add(text, line);
    }
    line += raw.split(BREAK).length - 1;
  }
  if (part?.isFilled()) yield part.take(stream.bytesRead);
}

/** What is no UTF-8 would be read as other letters than were meant. */
async function* decoded(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error;
    throw new Told('The file is not UTF-8; save it in that encoding.', { cause: error });
  }
}

/** Gathers records until they are a part. */
class Gatherer {
  private records: FileRecord[] = [];
  private size = 0;

  constructor(private readonly header = '') {}

  isFilled(): boolean {
    return this.records.length > 0;
  }

  isFull(text: string): boolean {
    const isFull = this.records.length >= PART_LINES || this.size + Buffer.byteLength(text) + 1 > PART_BYTES;
    return this.isFilled() && isFull;
  }

  add(text: string, line: number): void {
    this.records.push({ text, line });
    this.size += Buffer.byteLength(text) + 1;
  }

  take(bytes: number): Part {
    const part = new Part(this.header, this.records, bytes);
    [this.records, this.size] = [[], 0];
    return part;
  }
}
