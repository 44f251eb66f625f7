import { ValidationFailed } from '#contracts';
import type { Upload } from './upload.rules.js';

const FLAGS: Record<string, boolean> = { true: true, false: false };
/** Lines of an upload: each may be a row of the report, which has to fit into one answer on the bus. */
const MOST_LINES = 5_000;

/**
 * An upload: the file as text, and the members as what they mean; what they must be is checked elsewhere.
 * @throws Refusal `validation_failed` when the file is not UTF-8, or has too many lines
 */
export function importIn({ bytes, members: said }: Omit<Upload, 'isCsv'>): Record<string, unknown> {
  const { dry_run, mail, first_line, ...rest } = said;
  const flag = (value: unknown): unknown => (typeof value === 'string' ? (FLAGS[value] ?? value) : value);
  const line = typeof first_line === 'string' && /^\d{1,9}$/.test(first_line) ? Number(first_line) : first_line;
  const members = { ...rest, dry_run: flag(dry_run), mail: flag(mail), first_line: line };
  const sent = Object.entries(members).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(sent), text: textOf(bytes) };
}

function textOf(body: Buffer): string {
  const text = decoded(body);
  if (linesOf(text) > MOST_LINES) throw refused(`text has more than ${MOST_LINES} lines; send it in parts.`);
  return text;
}

/** What is no UTF-8 would be read as other letters than were meant, and names are signed. */
function decoded(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    throw refused('text is not UTF-8; save the file in that encoding.');
  }
}

const linesOf = (text: string): number => text.match(/\r\n|\r|\n/g)?.length ?? 0;

const refused = (detail: string) =>
  ValidationFailed.with({ detail: 'Mend these fields: text.', errors: [{ field: 'text', code: 'invalid', detail }] });
