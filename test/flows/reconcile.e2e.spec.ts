import type { DevInfo } from '#local';
import { eventually } from '../support/eventually.js';
import { stack } from '../support/index.js';
import { controlSale, deliveries, internal, newcomer, sell } from '../support/people.js';

let dev: DevInfo;
beforeAll(async () => {
  dev = await stack();
}, 180_000);

const ask = (method: string, at: string, json?: object) => internal(dev, 'creator-cli', method, at, json);
const licensesOf = async (email: string) =>
  (await ask('GET', `/internal/licenses?email=${encodeURIComponent(email)}`)).body.licenses;

/** Has the stores compared with what is known; what was found about an order. */
async function reconcile(order: string) {
  const started = await ask('POST', '/internal/reconciliations', {});
  expect(started.status).toBe(202);
  const run = await eventually('the comparison to be made', 30_000, async () => {
    const { body } = await ask('GET', `/internal/reconciliations/${started.body.id}`);
    return body.state === 'done' ? body : undefined;
  });
  expect(run.stores.map((store: { error: string | null }) => store.error)).not.toContain(expect.any(String));
  return run.drift.filter((drift: { order_id: string }) => drift.order_id === order);
}

it('G18: a sale whose ping never arrived becomes a license, and a refund that was missed revokes it', async () => {
  const buyer = newcomer().email;
  const sale = await sell(dev, { email: buyer, product_permalink: 'pro', ping: false });
  expect(await reconcile(sale)).toMatchObject([{ kind: 'not_recorded', store: 'gumroad' }]);
  await eventually('the license to be mailed', 15_000, async () => (await deliveries(dev, buyer))[0]);
  expect(await licensesOf(buyer)).toMatchObject([{ status: 'active', gumroad_order_id: sale }]);

  await controlSale(dev, sale, 'refund', { ping: false });
  expect(await reconcile(sale)).toMatchObject([{ kind: 'differs' }]);
  await eventually(
    'the license to be revoked',
    15_000,
    async () => (await licensesOf(buyer))[0].status === 'revoked' || undefined,
  );
  expect(await reconcile(sale)).toEqual([]);
  expect(await deliveries(dev, buyer)).toHaveLength(1);
});
