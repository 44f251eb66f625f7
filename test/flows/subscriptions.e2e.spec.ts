import { randomUUID } from 'node:crypto';
import { verifyBlob } from '#license-format';
import type { DevInfo } from '#local';
import { eventually } from '../support/eventually.js';
import { answered, call } from '../support/http.js';
import { stack } from '../support/index.js';
import { blobIn, controlSale, deliveries, internal, newcomer, sell } from '../support/people.js';

let dev: DevInfo;
beforeAll(async () => {
  dev = await stack();
}, 180_000);

interface License {
  license_key: string;
  tier: string;
  status: string;
  expires_at: string;
  notes: string | null;
}
/** Longer than a lease that was left takes to run out. */
const PATIENCE = 45_000;

const licensesOf = async (email: string): Promise<License[]> =>
  (await answered(() => internal(dev, 'creator-cli', 'GET', `/internal/licenses?email=${encodeURIComponent(email)}`)))
    .body.licenses;
/** The buyer's only license, once it is so. */
const becomes = (email: string, what: string, isSo: (license: License) => boolean): Promise<License> =>
  eventually(`the license to be ${what}`, PATIENCE, async () => {
    const all = await licensesOf(email);
    expect(all.length).toBeLessThanOrEqual(1);
    return all[0] && isSo(all[0]) ? all[0] : undefined;
  });
/** Uses a control of the stand-in storefront on a subscription; every ping of it is taken. */
async function subscription(id: string, control: string, json: object = {}): Promise<void> {
  const { status, body } = await call('POST', `${dev.storefront_url}/_control/subscriptions/${id}/${control}`, {
    json,
  });
  expect([status < 300, body.pings.map((p: { status: number }) => p.status)]).toEqual([true, [200]]);
}
const monthsAhead = (months: number): string => {
  const time = new Date();
  time.setUTCMonth(time.getUTCMonth() + months);
  return time.toISOString();
};
const days = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 86_400_000;

it('G8 G9 D-delivery A-entitlements: a subscription is one license that follows its charges, its tier and its end', async () => {
  const email = newcomer('membership').email;
  const id = `sub-${randomUUID()}`;
  await sell(dev, { email, subscription_id: id, recurrence: 'monthly', product_permalink: 'core' });
  const bought = await becomes(email, 'made', () => true);
  expect(days(new Date().toISOString(), bought.expires_at)).toBeLessThan(32);

  // A mail has the blob of the moment when it is sent: this one is to have the first.
  await eventually('the first blob', PATIENCE, async () => (await deliveries(dev, email))[0]);
  await subscription(id, 'charge', { created_at: monthsAhead(1) });
  const extended = await becomes(email, 'extended', (l) => l.expires_at > bought.expires_at);
  expect(extended.license_key).toBe(bought.license_key);
  expect(days(bought.expires_at, extended.expires_at)).toBeGreaterThan(27);
  const mail = await eventually('the new blob', PATIENCE, async () => (await deliveries(dev, email))[1]);
  const newest = [mail, (await deliveries(dev, email))[0]!].map((m) => blobIn(m)!);
  const verdicts = await Promise.all(
    newest.map((blob) => verifyBlob(blob, dev.license_public_keys, { now: Date.now() / 1000, product: 'datatools' })),
  );
  expect(verdicts.map((v) => v.code)).toEqual(['VALID', 'VALID']);
  const ends = verdicts.map((v) => ('payload' in v ? v.payload!.exp * 1000 : 0)).sort((a, b) => a - b);
  expect(ends).toEqual([Date.parse(bought.expires_at), Date.parse(extended.expires_at)]);

  await subscription(id, 'change', { product_permalink: 'pro', created_at: monthsAhead(1) });
  await becomes(email, 'upgraded', (l) => l.tier === 'pro');
  await subscription(id, 'cancel');
  await subscription(id, 'end');
  await becomes(email, 'over', (l) => l.status === 'expired');
  await subscription(id, 'restart');
  await becomes(email, 'restored', (l) => l.status === 'active');
}, 180_000);

it('D-renew P8: an order that was opened with a key renews that license; its refund takes the year back', async () => {
  const email = newcomer('renewing').email;
  await sell(dev, { email, product_permalink: 'lite' });
  const bought = await becomes(email, 'made', () => true);
  const url_params = { license_key: bought.license_key };
  const saleId = await sell(dev, { email, product_permalink: 'lite', url_params });
  const renewed = await becomes(email, 'renewed', (l) => l.expires_at > bought.expires_at);
  expect(Number(renewed.expires_at.slice(0, 4)) - Number(bought.expires_at.slice(0, 4))).toBe(1);
  await controlSale(dev, saleId, 'refund');
  await becomes(email, 'as before', (l) => l.expires_at === bought.expires_at && l.status === 'active');
});

it('D-manual D-mint: an operator mints a comp with notes, for no order; it is mailed and found', async () => {
  const email = newcomer('comp').email;
  const order = { name: 'Rowan', email, tier: 'core', years: 1, notes: 'comp: talk at the meetup' };
  const { status } = await internal(dev, 'creator-cli', 'POST', '/internal/mint', order);
  expect(status).toBe(201);
  await eventually('the mail', PATIENCE, async () => (await deliveries(dev, email))[0]);
  expect(await licensesOf(email)).toMatchObject([{ status: 'active', gumroad_order_id: null, notes: order.notes }]);
});
