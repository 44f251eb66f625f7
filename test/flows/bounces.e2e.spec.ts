import { randomUUID } from 'node:crypto';
import type { DevInfo } from '#local';
import { call } from '../support/http.js';
import { eventually, stack } from '../support/index.js';
import { deliveries, internal, newcomer, sell } from '../support/people.js';

/** Longer than a lease that was left takes to run out. */
const PATIENCE_MS = 45_000;

let dev: DevInfo;
beforeAll(async () => {
  dev = await stack();
}, 180_000);

const ask = (method: string, at: string) => internal(dev, 'creator-cli', method, at);
const bounce = (Email: string, secret = dev.mail.webhook_secret) =>
  call('POST', `${dev.public_url}/webhooks/mail/postmark/${secret}`, {
    json: { RecordType: 'Bounce', Type: 'HardBounce', ID: randomUUID(), Email },
  });
const suppressed = async (email: string) =>
  (await ask('GET', `/internal/mail/suppressions?email=${encodeURIComponent(email)}`)).body.suppressions;

it('D-delivery: a bounce that Postmark tells of ends mail to that address, until an operator lifts it', async () => {
  const { email } = newcomer();
  expect((await bounce(email, 'not-the-secret-of-dev.json')).status).toBe(401);
  expect(await suppressed(email)).toEqual([]);
  expect((await bounce(email)).status).toBe(200);
  expect(await suppressed(email)).toMatchObject([{ reason: 'hard_bounce', source: 'postmark' }]);

  const order = await sell(dev, { email, product_permalink: 'pro' });
  const [license] = await eventually('the license to be made', PATIENCE_MS, async () => {
    const { licenses } = (await ask('GET', `/internal/licenses?order=${encodeURIComponent(order)}`)).body;
    return licenses.length ? licenses : undefined;
  });
  const mail = await eventually('its mail to be held back', PATIENCE_MS, async () => {
    const [one] = (await ask('GET', `/internal/mail?license_key=${license.license_key}`)).body.mail;
    return one?.state === 'suppressed' ? one : undefined;
  });
  expect(await deliveries(dev, email)).toEqual([]);

  const lifted = await ask('DELETE', `/internal/mail/suppressions/${encodeURIComponent(email)}`);
  expect(lifted.status).toBe(204);
  expect((await ask('POST', `/internal/mail/${mail.id}/resend`)).status).toBe(200);
  await eventually('the mail to arrive', PATIENCE_MS, async () => (await deliveries(dev, email))[0]);
});
