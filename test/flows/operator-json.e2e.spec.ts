import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { DevInfo } from '#local';
import { call, type Answer } from '../support/http.js';
import { eventually, stack } from '../support/index.js';
import { licensed, newcomer, register, sell } from '../support/people.js';

const ROOT = path.resolve(__dirname, '../..');
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'operator-'));
afterAll(() => fs.rmSync(dir, { recursive: true }));
let dev: DevInfo;
beforeAll(async () => {
  dev = await stack();
}, 180_000);

/** What a command answers with `--json`. @throws Error when it fails, or prints anything but one JSON text */
function json(...args: string[]): Promise<Answer['body']> {
  const env = {
    PATH: process.env.PATH,
    PWD: dir,
    GATEHOUSE_URL: dev.public_url,
    GATEHOUSE_INTERNAL_URL: dev.internal_url,
    GATEHOUSE_CALLER_SECRET: dev.internal_callers['creator-cli'],
  };
  const program = [path.join(ROOT, 'dist/apps/cli/src/main.js'), ...args, '--json'];
  return new Promise((resolve, reject) =>
    execFile(process.execPath, program, { env, cwd: dir }, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') return reject(error);
      const found = JSON.parse(stdout || 'null') as Record<string, unknown> | null;
      if (found === null) return reject(new Error(`gatehouse ${args.join(' ')} said nothing: ${stderr}`));
      resolve({ exit: error ? error.code : 0, ...found });
    }),
  );
}

const someone = () => `${randomUUID()}@example.com`;

it('D-cli D-revoke LIC8: a license by --json: made, found, verified, explained, revoked, and then refused offline', async () => {
  const email = someone();
  const made = await json('mint', '--name', 'Ada', '--email', email, '--tier', 'core', '--notes', 'a comp');
  expect(made).toMatchObject({ exit: 0, tier: 'core', status: 'active' });
  expect((await json('licenses', '--email', email)).licenses).toMatchObject([{ license_key: made.license_key }]);
  expect(await json('license', 'verify', made.blob)).toMatchObject({ exit: 0, valid: true, code: 'VALID' });
  expect(await json('license', 'explain', made.blob)).toMatchObject({ key: made.license_key, tier: 'core' });
  expect(await json('revoke', made.license_key, '--reason', 'a mistake')).toMatchObject({ status: 'revoked' });
  await eventually('the revocation list to say it', 60_000, async () => {
    const verdict = await json('license', 'verify', made.blob);
    return verdict.code === 'REVOKED' && verdict.exit === 1 ? true : undefined;
  });
}, 150_000);

it('A-offline A-token.license D-cli: a license token by --json: allowed offline today, and told to refresh after its days', async () => {
  const token: string = (await licensed(dev, await register(dev, newcomer('ida')))).body.license_token;
  const claims = await json('license', 'explain', token);
  expect(claims).toMatchObject({ plan: 'free', max_offline_days: 30, expires_at: expect.any(String) });
  expect(await json('license', 'verify', token)).toMatchObject({ exit: 0, allowed: true, code: 'ALLOWED' });
  const later = new Date((claims.iat + 31 * 86_400) * 1_000).toISOString();
  const late = await json('license', 'verify', token, '--at', later);
  expect(late).toMatchObject({ exit: 1, allowed: false, code: 'REFRESH_NEEDED' });
  expect(late.detail).toMatch(/go online/);
}, 60_000);

it('D-cli D-import.csv I6: an import and its undoing by --json; a row that is rejected is told whole', async () => {
  const [sold, day] = [randomUUID(), new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)];
  const header = 'Purchase ID,Buyer Name,Purchase Email,Purchase Date,Product ID';
  const row = (product: string) => `${sold}${product},Ada,${sold}@example.com,${day},${product}`;
  fs.writeFileSync(path.join(dir, 'sales.csv'), [header, row('pro'), row('poster')].join('\n'));
  const report = await json('import', 'sales.csv');
  expect(report).toMatchObject({ exit: 2, added: 1, rejected: 1 });
  expect(report.rows).toMatchObject([{ line: 3, code: 'unmapped_product', field: 'Product ID' }]);
  expect(report.rows[0].detail).toMatch(/products\.yaml/);
  expect(await json('import', '--undo', report.id)).toEqual({ exit: 0, removed: 1, restored: 0 });
}, 60_000);

it('D-cli D-rotation: the keys, who holds what one has signed, and nobody left to sign anew for, by --json', async () => {
  const made = await json('mint', '--name', 'Ada', '--email', someone(), '--tier', 'lite');
  const { kid } = await json('license', 'explain', made.blob);
  const { keys } = await json('keys', 'list');
  expect(keys.find((key: { kid: string }) => key.kid === kid)).toMatchObject({ purpose: 'license_blob' });
  const page = await json('keys', 'holders', kid, '--limit', '1');
  expect(page.holders).toHaveLength(1);
  expect(page.total).toBeGreaterThan(0);
  expect(await json('keys', 'reissue', `no-such-${randomUUID()}`)).toEqual({ exit: 0, reissued: 0, remaining: 0 });
}, 60_000);

it('D-cli D-rotation: data keys are wrapped anew, and replaced for one person, by --json', async () => {
  const { body } = await call('POST', `${dev.public_url}/v1/auth/register`, { json: newcomer('kim') });
  const stream = { label: 'Main', platform: 'twitch', stream_key: `live_${randomUUID()}` };
  await call('POST', `${dev.public_url}/v1/auth/streams`, { token: body.access_token, json: stream });
  const ordered = await json('secrets', 'rotate-kek');
  expect(ordered).toMatchObject({ exit: 0, current: expect.any(String), rotating_since: expect.any(String) });
  await eventually('nothing to be left', 90_000, async () => {
    const { remaining, rotating_since } = await json('secrets', 'rotation');
    return remaining === 0 && rotating_since === null ? true : undefined;
  });
  expect(await json('secrets', 'rotate-data-keys', '--owner', body.user.id)).toEqual({ exit: 0, retired: 1 });
  expect(await json('secrets', 'rotate-data-keys', '--owner', body.user.id)).toEqual({ exit: 0, retired: 0 });
  const looked = await call('GET', `${dev.internal_url}/internal/users/${body.user.id}/streams`, {
    headers: { 'x-internal-secret': `broadcaster.${dev.internal_callers.broadcaster}` },
  });
  expect(looked.body.streams).toMatchObject([{ stream_key: stream.stream_key }]);
}, 150_000);

it('D-cli D-pii G18: orders, events, mail, suppressions, a comparison and an erasure by --json', async () => {
  const email = someone();
  const sale = await sell(dev, { email, product_permalink: 'pro' });
  const [order] = await eventually('the order to be settled', 60_000, async () => {
    const { orders } = await json('orders', '--order-id', sale);
    return orders[0]?.license_key ? orders : undefined;
  });
  expect((await json('events', '--sale-id', sale)).events).toMatchObject([{ sale_id: sale }]);
  const mail = await eventually('its mail', 60_000, async () => {
    const found = await json('mail', '--license-key', order.license_key);
    return found.mail.length ? found.mail : undefined;
  });
  expect(mail).toMatchObject([{ template: 'license' }]);
  expect(await json('suppressions', 'add', email)).toMatchObject({ reason: 'operator' });
  expect((await json('suppressions', 'list', '--email', email)).suppressions).toHaveLength(1);
  expect(await json('suppressions', 'lift', email)).toMatchObject({ lifted: true });
  const compared = await json('reconcile', '--dry-run');
  expect(compared).toMatchObject({ state: 'done', mode: 'dry_run', drift: expect.any(Array) });
  expect(await json('erase', email, '--dry-run')).toMatchObject({ dry_run: true });
  const erased = await json('erase', email, '--yes');
  expect(erased.rows).toContainEqual({ kind: 'orders', rows: 1 });
  expect((await json('licenses', '--email', email)).licenses).toEqual([]);
}, 240_000);
