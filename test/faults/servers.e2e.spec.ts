import { eventually } from '../support/eventually.js';
import { startStack, type Stack } from '../support/index.js';
import { deliveries, internal, login, me, newcomer, register, sell } from '../support/people.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ durable: true });
}, 120_000);
afterAll(() => stack.stop());

const comesBack = (look: () => Promise<boolean>): Promise<true> =>
  eventually('the system to come back by itself', 60_000, async () =>
    (await look().catch(() => false)) ? true : undefined,
  );

describe('a server that is killed', () => {
  it('BUS7: the broker is started again, the apps find it, and what was accepted goes on', async () => {
    const who = await register(stack.info);
    process.kill(stack.natsPid, 'SIGKILL');
    await comesBack(async () => (await me(stack.info, who.accessToken)).status === 200);
    // A ping that comes before fulfillment is back is refused, and its store sends it again after minutes only.
    await comesBack(async () => (await internal(stack.info, 'creator-cli', 'GET', '/internal/orders')).status === 200);
    const buyer = newcomer().email;
    await sell(stack.info, { email: buyer, product_permalink: 'pro' });
    await eventually('the license', 60_000, async () => (await deliveries(stack.info, buyer))[0]);
  }, 150_000);

  it('H9 REL7: Postgres is started again on its data: nothing that was answered is gone', async () => {
    const who = await register(stack.info);
    process.kill(stack.postgresPid, 'SIGKILL');
    await comesBack(async () => (await login(stack.info, who)).status === 200);
    expect((await me(stack.info, who.accessToken)).status).toBe(200);
  }, 150_000);
});
