import type { DevInfo } from '#local';
import { gatehouse as runGatehouse } from '../support/command-line.js';
import { call } from '../support/http.js';
import { stack } from '../support/index.js';
import { mailed } from '../support/mailed.js';
import { internal } from '../support/people.js';

let dev: DevInfo;
beforeAll(async () => {
  dev = await stack();
}, 180_000);

const email = `portal-${Date.now()}@example.test`;

const gatehouse = (...args: string[]) => runGatehouse(dev, args);

it('D-cli D-portal D-renew: minted by the CLI, seen in the portal, renewed when it is paid for, once', async () => {
  const minted = JSON.parse(
    (await gatehouse('mint', '--name', 'Ada', '--email', email, '--tier', 'pro', '--json')).stdout,
  ) as { license_key: string; blob: string; expires_at: string };
  const { license_key } = minted;
  expect((await gatehouse('licenses', '--email', email)).stdout).toContain(license_key);
  expect((await gatehouse('license', 'verify', minted.blob)).stdout).toContain('VALID');

  expect((await call('POST', `${dev.public_url}/v1/portal/links`, { json: { email } })).status).toBe(202);
  const { token } = await mailed(dev, email, 'portal');
  const opened = await call('POST', `${dev.public_url}/v1/portal/session`, { json: { token } });
  expect(opened.status).toBe(204);
  const cookie = opened.headers.getSetCookie()[0]!.split(';')[0]!;
  const again = await call('POST', `${dev.public_url}/v1/portal/session`, { json: { token } });
  expect([again.status, again.body.code]).toEqual([400, 'token_invalid']);

  const portal = (method: string, at: string) =>
    call(method, `${dev.public_url}/v1/portal/licenses${at}`, { headers: { cookie } });
  expect((await portal('GET', '')).body.licenses).toMatchObject([{ license_key, status: 'active' }]);
  expect((await portal('POST', `/${license_key}/resend`)).status).toBe(202);
  const unpaid = await portal('POST', `/${license_key}/renew`);
  expect([unpaid.status, unpaid.body.code]).toEqual([402, 'renewal_not_paid']);
  expect(unpaid.body.checkout_url).toContain(license_key);

  const paid = { license_key, order: `renewal-${email}` };
  expect((await internal(dev, 'creator-cli', 'POST', '/internal/renewals', paid)).status).toBe(200);
  const renewed = await portal('POST', `/${license_key}/renew`);
  expect(renewed.status).toBe(200);
  expect(Number(renewed.body.expires_at.slice(0, 4))).toBe(Number(minted.expires_at.slice(0, 4)) + 1);
  expect((await portal('POST', `/${license_key}/renew`)).body.blob).toBe(renewed.body.blob);

  await gatehouse('revoke', license_key, '--reason', 'test');
  expect((await portal('POST', `/${license_key}/renew`)).body.code).toBe('license_revoked');
}, 120_000);
