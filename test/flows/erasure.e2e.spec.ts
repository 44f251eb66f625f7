import type { DevInfo } from '#local';
import { gatehouse as runGatehouse } from '../support/command-line.js';
import { eventually } from '../support/eventually.js';
import { stack } from '../support/index.js';
import { controlSale, internal, sell } from '../support/people.js';

let dev: DevInfo;
beforeAll(async () => {
  dev = await stack();
}, 180_000);

const email = `erased-${Date.now()}@example.test`;

const gatehouse = (...args: string[]) => runGatehouse(dev, args);
const ask = (method: string, at: string) => internal(dev, 'creator-cli', method, at);
const licenses = async () => (await ask('GET', `/internal/licenses?email=${encodeURIComponent(email)}`)).body.licenses;
const orders = async (by: string) => (await ask('GET', `/internal/orders?${by}`)).body.orders;

it('D-pii D-cli: a buyer is erased by address, everywhere, and a ping that comes again brings nobody back', async () => {
  const sale_id = await sell(dev, { email, full_name: 'Grace Hopper', product_permalink: 'pro' });
  const [{ license_key }] = await eventually('the license', 45_000, async () => {
    const found = await licenses();
    return found.length ? found : undefined;
  });
  const dry = await gatehouse('erase', email, '--dry-run');
  expect(dry.stdout).toMatch(/licenses\s+1/);
  expect(await licenses()).toHaveLength(1);
  await expect(gatehouse('erase', email)).rejects.toMatchObject({ stderr: expect.stringContaining('--dry-run') });

  const erased = JSON.parse((await gatehouse('erase', email, '--yes', '--json')).stdout) as { erased: number };
  expect(erased.erased).toBeGreaterThanOrEqual(4);
  expect(await licenses()).toEqual([]);
  expect(await orders(`email=${encodeURIComponent(email)}`)).toEqual([]);

  await controlSale(dev, sale_id, 'ping', { times: 2 });
  const kept = await eventually('the order', 45_000, async () => (await orders(`order_id=${sale_id}`))[0]);
  expect(kept).toMatchObject({ standing: 'paid', license_key, email: null });
  expect(await licenses()).toEqual([]);
  const again = await ask('DELETE', `/internal/customers/${encodeURIComponent(email)}?dry_run=true`);
  expect([again.status, again.body.dry_run]).toEqual([200, true]);
}, 120_000);
