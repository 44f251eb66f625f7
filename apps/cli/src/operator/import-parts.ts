import fs from 'node:fs';
import { createInterface } from 'node:readline';
import { parse } from 'csv-parse';

/** A part of a file that the API takes at once. */
export interface Part {
  text: string;
  /** Line of its first record. */
  firstLine: number;
  /** How much of the file has been read by now. */
  bytes: number;
}

/** Below what the API takes at once, whatever the last line adds. */
const PART_BYTES = 160_000;

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
  for await (const text of createInterface({ input: stream, crlfDelay: Infinity })) {
    if (part.isFull(text)) yield part.take(stream.bytesRead);
    part.add(text, line++);
  }
  if (part.isFilled()) yield part.take(stream.bytesRead);
}

/** Every part has the header; blank lines stay, so that a line has the same number in a part as in the file. */
async function* recordsOf(file: string): AsyncGenerator<Part> {
  const stream = fs.createReadStream(file);
  const parser = stream.pipe(parse({ bom: true, raw: true, relax_column_count: true, relax_quotes: true }));
  stream.on('error', (error) => parser.destroy(error));
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

/** Gathers records until they are a part. */
class Gatherer {
  private lines: string[] = [];
  private size = 0;
  private firstLine = 1;

  constructor(private readonly header = '') {}

  isFilled(): boolean {
    return this.lines.length > 0;
  }

  isFull(text: string): boolean {
    return this.isFilled() && this.size + Buffer.byteLength(text) + 1 > PART_BYTES;
  }

  add(text: string, line: number): void {
    if (!this.isFilled()) this.firstLine = line;
    this.lines.push(text);
    this.size += Buffer.byteLength(text) + 1;
  }

  take(bytes: number): Part {
    const part = { text: this.header + this.lines.join('\n'), firstLine: this.firstLine, bytes };
    [this.lines, this.size] = [[], 0];
    return part;
  }
}
