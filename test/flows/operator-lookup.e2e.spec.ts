import { randomUUID } from 'node:crypto';
import type { DevInfo } from '#local';
import { gatehouse } from '../support/command-line.js';
import { eventually, stack } from '../support/index.js';
import type { Answer } from '../support/http.js';
import { deliveries, newcomer, sell } from '../support/people.js';

let dev: DevInfo;
beforeAll(async () => {
  dev = await stack();
}, 180_000);

const json = async (...args: string[]): Promise<Answer['body']> =>
  JSON.parse((await gatehouse(dev, [...args, '--json'])).stdout) as Answer['body'];

it('D-cli: a buyer’s order, ping and mail are looked up by store, standing and address; `list` is `licenses`', async () => {
  const { email } = newcomer('vera');
  const sale = await sell(dev, { email, product_permalink: 'core' });
  await eventually('the license to be mailed', 45_000, async () => (await deliveries(dev, email))[0]);
  const mine = ['--store', 'gumroad', '--standing', 'paid', '--email', email];
  expect((await json('orders', ...mine)).orders).toMatchObject([{ order_id: sale, standing: 'paid' }]);
  expect((await json('orders', '--store', 'stripe', '--email', email)).orders).toEqual([]);
  expect((await json('events', '--store', 'gumroad', '--sale-id', sale)).events).not.toEqual([]);
  expect((await json('events', '--store', 'paddle', '--sale-id', sale)).events).toEqual([]);
  expect((await json('mail', '--to', email)).mail).toMatchObject([{ template: 'license', to: email }]);
  expect((await json('list', '--email', email)).licenses).toMatchObject([{ tier: 'core', email }]);
}, 180_000);

it('D-cli G18: comparisons that nobody has asked for are found and read, too', async () => {
  const made = await eventually('the reconciler to have compared', 90_000, async () => {
    const { reconciliations } = await json('reconciliations', '--kind', 'recent');
    return reconciliations.find(({ state }: { state: string }) => state === 'done');
  });
  expect(await json('reconcile', '--read', made.id)).toMatchObject({ ...made, drift: expect.any(Array) });
}, 120_000);

it('D-cli I6: an import whose id was lost is found again', async () => {
  const headers = {
    'x-internal-secret': `creator-cli.${dev.internal_callers['creator-cli']}`,
    'content-type': 'application/x-ndjson',
  };
  const url = `${dev.internal_url}/internal/imports`;
  const answer = await fetch(url, { method: 'POST', headers, body: `{"notes":"${randomUUID()}"}\n` });
  const { id } = (await answer.json()) as { id: string };
  const { imports } = await json('imports', '--limit', '50');
  expect(imports).toContainEqual(expect.objectContaining({ id, format: 'jsonl', added: 0, rejected: 1 }));
}, 90_000);
