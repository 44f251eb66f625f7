import type { FastifyRequest } from 'fastify';
import type { Refusal } from '#contracts';
import { importIn } from './imports.rules.js';
import { uploadIn } from './upload.rules.js';

const upload = (bytes: Buffer, members: Record<string, unknown> = {}) => ({ bytes, members });
const refusal = (body: Buffer): Refusal | undefined => {
  try {
    importIn(upload(body));
    return undefined;
  } catch (error) {
    return error as Refusal;
  }
};
const invalid = { code: 'validation_failed', extras: { errors: [{ field: 'text' }] } };

describe('D-import: an upload', () => {
  it('I2: is text in UTF-8, with or without a mark; in any other encoding it is refused before a name is taken from it', () => {
    const text = 'Purchase ID,Buyer Name\n1,Zoë\n';
    expect(importIn(upload(Buffer.from(text))).text).toBe(text);
    expect(importIn(upload(Buffer.from(`\uFEFF${text}`))).text).toBe(`\uFEFF${text}`);
    for (const encoding of ['latin1', 'utf16le'] as const) {
      expect(refusal(Buffer.from(`\u00ff\uFEFF${text}`, encoding))).toMatchObject(invalid);
    }
  });

  it('has at most as many lines as its report has room for', () => {
    expect(refusal(Buffer.from('x\n'.repeat(5_000)))).toBeUndefined();
    expect(refusal(Buffer.from('x\n'.repeat(5_001)))).toMatchObject(invalid);
    expect(refusal(Buffer.from('x\r'.repeat(5_001)))).toMatchObject(invalid);
  });

  it('keeps what its query says', () => {
    const query = { dry_run: 'true', mail: 'perhaps', first_line: '12' };
    expect(importIn(upload(Buffer.from('x'), query))).toEqual({
      text: 'x',
      dry_run: true,
      mail: 'perhaps',
      first_line: 12,
    });
  });
});

const sent = (body: Buffer, type?: string, query: object = {}) =>
  uploadIn({ body, query, headers: type ? { 'content-type': type } : {} } as FastifyRequest);
const CSV = 'Purchase ID,Buyer Name\n1,Ada\n';
const LOG = '{"blob":"Purchase ID,"}\n';

describe('D-import: a file', () => {
  it.each([
    ['text/csv; charset=utf-8', CSV, true],
    ['application/x-ndjson', CSV, false],
    [undefined, CSV, true],
    ['application/octet-stream', `\uFEFF"Purchase ID",Name\n`, true],
    ['application/x-www-form-urlencoded', `Name,Purchase ID\n`, true],
    ['text/plain', LOG, false],
    [undefined, 'My Purchase IDs\n', false],
  ])('is an export or a log as its type says, %s, or else its header', async (type, text, isCsv) => {
    expect(await sent(Buffer.from(text), type, { dry_run: 'true' })).toEqual({
      ...{ bytes: Buffer.from(text), isCsv, members: { dry_run: 'true' } },
    });
  });

  const formOf = async (...parts: [string, string | File][]) => {
    const form = new FormData();
    for (const [name, value] of parts) form.append(name, value);
    const whole = new Response(form);
    return [Buffer.from(await whole.arrayBuffer()), whole.headers.get('content-type')!] as const;
  };

  it('may come in a form, byte for byte, with what is said beside it', async () => {
    const bytes = Buffer.from([...Buffer.from(CSV), 0xff, 0x0d, 0x0a]);
    const [body, type] = await formOf(['dry_run', 'true'], ['file', new File([bytes], 'sales.csv')]);
    const upload = await sent(body, type, { mail: 'false' });
    expect(upload).toEqual({ bytes, isCsv: true, members: { dry_run: 'true', mail: 'false' } });
    const [log, logType] = await formOf(['log', new File([LOG], 'issued.jsonl')]);
    expect(await sent(log, logType)).toEqual({ bytes: Buffer.from(LOG), isCsv: false, members: {} });
  });

  it('of a form with none, with two, or that is none, is refused', async () => {
    const file = new File([CSV], 'sales.csv');
    for (const parts of [
      [['dry_run', 'true']],
      [
        ['a', file],
        ['b', file],
      ],
    ] as [string, string | File][][])
      await expect(sent(...(await formOf(...parts)))).rejects.toMatchObject(invalid);
    await expect(sent(Buffer.from('nothing'), 'multipart/form-data; boundary=x')).rejects.toMatchObject(invalid);
    await expect(sent(Buffer.from('nothing'), 'multipart/form-data; x=y')).rejects.toMatchObject(invalid);
  });
});
