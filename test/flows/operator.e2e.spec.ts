import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { DevInfo } from '#local';
import { eventually } from '../support/eventually.js';
import { call } from '../support/http.js';
import { stack } from '../support/index.js';

const ROOT = path.resolve(__dirname, '../..');
let dev: DevInfo;
beforeAll(async () => {
  dev = await stack();
}, 180_000);

/** The command as an operator has it: what `npx gatehouse` and `npm link` start, from any folder. */
function gatehouse(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const { bin } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    bin: { gatehouse: string };
  };
  const env = {
    PATH: process.env.PATH,
    PWD: os.tmpdir(),
    GATEHOUSE_URL: dev.public_url,
    GATEHOUSE_INTERNAL_URL: dev.internal_url,
    GATEHOUSE_CALLER_SECRET: dev.internal_callers['creator-cli'],
  };
  const program = path.join(ROOT, bin.gatehouse);
  return new Promise((resolve) =>
    execFile(process.execPath, [program, ...args], { env, cwd: os.tmpdir() }, (error, stdout, stderr) =>
      resolve({ status: error ? Number(error.code) : 0, stdout, stderr }),
    ),
  );
}

const mails = async (to: string) =>
  (await call('GET', `${dev.mail_url}/api/messages?to=${to}`)).body as unknown as { subject: string }[];

it('D-cli D-manual: a license is made, found and mailed once more by hand; --json is JSON and nothing else', async () => {
  const email = `hand-${randomUUID()}@example.test`;
  const made = await gatehouse(
    'mint',
    '--name',
    'Ada',
    '--email',
    email,
    '--tier',
    'lite',
    '--notes',
    'a comp',
    '--json',
  );
  const { license_key } = JSON.parse(made.stdout) as { license_key: string };
  await eventually('the license in the inbox', 60_000, async () =>
    (await mails(email)).length === 1 ? true : undefined,
  );
  const listed = await gatehouse('mail', '--license-key', license_key, '--json');
  const [mail] = (JSON.parse(listed.stdout) as { mail: { id: string; state: string }[] }).mail;
  const again = await gatehouse('mail', 'resend', mail!.id);
  expect(again.status).toBe(0);
  expect(again.stdout).toContain(mail!.id);
  await eventually('the second mail', 60_000, async () => ((await mails(email)).length === 2 ? true : undefined));
}, 180_000);

it('D-cli: what a store has told is worked on once more, and makes nothing twice', async () => {
  const email = `again-${randomUUID()}@example.test`;
  const sale = await call('POST', `${dev.storefront_url}/_control/sales`, {
    json: { email, product_permalink: 'pro' },
  });
  const sale_id = (sale.body as unknown as { sale_id: string }).sale_id;
  const event = async () => {
    const page = JSON.parse((await gatehouse('events', '--sale-id', sale_id, '--json')).stdout) as {
      events: { id: string; state: string }[];
    };
    return page.events[0];
  };
  await eventually('the sale, worked on', 60_000, async () => (await event())?.state === 'processed' || undefined);
  const replayed = await gatehouse('events', 'replay', (await event())!.id);
  expect(replayed.status).toBe(0);
  await eventually('the event, done again', 60_000, async () => (await event())?.state === 'processed' || undefined);
  const { licenses } = JSON.parse((await gatehouse('licenses', '--email', email, '--json')).stdout) as {
    licenses: object[];
  };
  expect(licenses).toHaveLength(1);
  await eventually('the mail', 60_000, async () => ((await mails(email)).length ? true : undefined));
  expect(await mails(email)).toHaveLength(1);
}, 240_000);

it('D-cli: what is refused is told once, and nobody is sent to look at the machine for it', async () => {
  for (const [args, why] of [
    [['revoke', 'DT1-PRO-0000-0000'], 'There is no such license.'],
    [['revoke'], 'Give either a license key or --order.'],
    [['import'], 'Give either a file or --undo.'],
    [['import', 'no-such-file.jsonl'], `There is no file ${path.join(os.tmpdir(), 'no-such-file.jsonl')}.`],
    [['mail', 'resend', randomUUID()], 'There is no mail with this id.'],
  ] as const) {
    const { status, stdout, stderr } = await gatehouse(...args);
    expect([args, status, stdout, stderr]).toEqual([args, 1, '', expect.stringContaining(`\nThat failed: ${why}`)]);
    expect(stderr.split(why)).toHaveLength(2);
    expect(stderr).not.toContain('doctor');
  }
}, 60_000);
