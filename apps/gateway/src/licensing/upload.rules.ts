import type { FastifyRequest } from 'fastify';
import { ValidationFailed } from '#contracts';
import { refusePacked } from '../edge/bodies.js';

/** A file that was sent, as the body itself or in a form, with what was said beside it. */
export interface Upload {
  bytes: Buffer;
  /** Whether it is an export of sales rather than a log. */
  isCsv: boolean;
  /** Members of the query, and the fields of a form. */
  members: Record<string, unknown>;
}

/** @throws Refusal `validation_failed` for a form without exactly one file; `unsupported_media_type` for a packed body */
export async function uploadIn(request: FastifyRequest): Promise<Upload> {
  refusePacked(request);
  const { headers, query, body } = request;
  const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  const type = headers['content-type'] ?? '';
  const members = { ...(query as Record<string, unknown>) };
  if (!/^multipart\/form-data\s*;/i.test(type)) return { bytes, isCsv: isCsv(type, '', bytes), members };
  const form = [...(await formIn(bytes, type))];
  const [file, ...more] = form.flatMap(([, value]) => (typeof value === 'string' ? [] : [value]));
  if (!file || more.length) throw refused('A form has to have exactly one file.');
  const content = Buffer.from(await file.arrayBuffer());
  const fields = form.filter(([, value]) => typeof value === 'string');
  const of = { bytes: content, isCsv: isCsv(file.type, file.name, content) };
  return { ...of, members: { ...members, ...Object.fromEntries(fields) } };
}

async function formIn(bytes: Buffer, type: string): Promise<FormData> {
  try {
    return await new Response(bytes, { headers: { 'content-type': type } }).formData();
  } catch {
    throw refused('The body is no form.');
  }
}

/** As its type or its name says; many tools name no type, or any: then as its header says. */
function isCsv(type: string, name: string, bytes: Buffer): boolean {
  if (/csv/i.test(type) || /\.csv$/i.test(name)) return true;
  if (/json/i.test(type) || /\.(jsonl|ndjson)$/i.test(name)) return false;
  const [header = ''] = bytes.toString('utf8', 0, 4_096).split(/[\r\n]/, 1);
  return /(^|,|\uFEFF|")Purchase ID("|,|$)/.test(header) && !header.trimStart().startsWith('{');
}

const refused = (detail: string) =>
  ValidationFailed.with({ detail, errors: [{ field: 'text', code: 'invalid', detail }] });
