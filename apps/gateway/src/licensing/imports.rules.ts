import type { FastifyRequest } from 'fastify';

const FLAGS: Record<string, boolean> = { true: true, false: false };

/** An upload: the body as text, and the query's members as what they mean; what they must be is checked elsewhere. */
export function importIn({ query, body }: FastifyRequest): Record<string, unknown> {
  const { dry_run, mail, first_line, ...rest } = query as Record<string, unknown>;
  const flag = (value: unknown): unknown => (typeof value === 'string' ? (FLAGS[value] ?? value) : value);
  const line = typeof first_line === 'string' && /^\d{1,9}$/.test(first_line) ? Number(first_line) : first_line;
  const members = { ...rest, dry_run: flag(dry_run), mail: flag(mail), first_line: line };
  const sent = Object.entries(members).filter(([, value]) => value !== undefined);
  const text = Buffer.isBuffer(body) ? body.toString('utf8') : '';
  return { ...Object.fromEntries(sent), text };
}

/** Whether the upload is an export of sales rather than a log. */
export const isCsv = ({ headers }: FastifyRequest): boolean =>
  /^text\/csv\s*(;|$)/i.test(headers['content-type'] ?? '');
