import type { DevInfo } from '#local';
import { eventually } from '../support/eventually.js';
import { answered } from '../support/http.js';
import { stack } from '../support/index.js';
import { controlSale, deliveries, internal, newcomer, sell } from '../support/people.js';

/** Longer than a lease that was left takes to run out. */
const PATIENCE_MS = 45_000;

let dev: DevInfo;
beforeAll(async () => {
  dev = await stack();
}, 180_000);

const ask = (method: string, at: string, json?: object) =>
  answered(() => internal(dev, 'creator-cli', method, at, json));
const licensesOf = async (email: string) =>
  (await ask('GET', `/internal/licenses?email=${encodeURIComponent(email)}`)).body.licenses;

/** Our books have it so, and not licensing's alone, which are written before. */
const booked = (order: string, standing: string) =>
  eventually(`the order to be ${standing}`, PATIENCE_MS, async () => {
    const [one] = (await ask('GET', `/internal/orders?order_id=${encodeURIComponent(order)}`)).body.orders;
    return one?.standing === standing || undefined;
  });

/** Has the stores compared with what is known. */
async function compare() {
  const started = await ask('POST', '/internal/reconciliations', {});
  expect(started.status).toBe(202);
  const run = await eventually('the comparison to be made', PATIENCE_MS, async () => {
    const { body } = await ask('GET', `/internal/reconciliations/${started.body.id}`);
    return body.state === 'done' ? body : undefined;
  });
  expect(run.stores.filter((store: { error: string | null }) => store.error)).toEqual([]);
  return run;
}

const about = (order: string, run: { drift: { order_id: string; kind: string; store: string }[] }) =>
  run.drift.filter((drift) => drift.order_id === order).map(({ kind, store }) => `${kind} ${store}`);

/** Comparisons that have found something, the newest first. */
const drifted = async (): Promise<string[]> =>
  (await ask('GET', '/internal/reconciliations?drifted=true&limit=20')).body.reconciliations.map(
    ({ id }: { id: string }) => id,
  );

/** What is found about an order after nobody was told of a change: the reconciler may be at it by itself, too. */
async function foundAfter(change: () => Promise<string>): Promise<Set<string>> {
  const before = await drifted();
  const order = await change();
  await compare();
  const runs = (await drifted()).filter((id) => !before.includes(id));
  const found = await Promise.all(
    runs.map(async (id) => about(order, (await ask('GET', `/internal/reconciliations/${id}`)).body)),
  );
  return new Set(found.flat());
}

it('G18: a sale whose ping never arrived becomes a license, and a refund that was missed revokes it', async () => {
  const buyer = newcomer().email;
  let sale = '';
  const sold = async () => (sale = await sell(dev, { email: buyer, product_permalink: 'pro', ping: false }));
  expect(await foundAfter(sold)).toEqual(new Set(['not_recorded gumroad']));
  await eventually('the license to be mailed', PATIENCE_MS, async () => (await deliveries(dev, buyer))[0]);
  expect(await licensesOf(buyer)).toMatchObject([{ status: 'active', gumroad_order_id: sale }]);

  await booked(sale, 'paid');
  const refunded = async () => {
    await controlSale(dev, sale, 'refund', { ping: false });
    return sale;
  };
  expect(await foundAfter(refunded)).toEqual(new Set(['differs gumroad']));
  await eventually(
    'the license to be revoked',
    PATIENCE_MS,
    async () => (await licensesOf(buyer))[0].status === 'revoked' || undefined,
  );
  await booked(sale, 'refunded');
  expect(about(sale, await compare())).toEqual([]);
  expect(await deliveries(dev, buyer)).toHaveLength(1);
}, 180_000);
