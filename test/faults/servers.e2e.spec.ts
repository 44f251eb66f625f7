import { eventually } from '../support/eventually.js';
import { startStack, type Stack } from '../support/index.js';
import { deliveries, login, me, newcomer, pingUntilTaken, register, sell } from '../support/people.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ durable: true });
}, 120_000);
afterAll(() => stack.stop());

const comesBack = (look: () => Promise<boolean>): Promise<true> =>
  eventually('the system to come back by itself', 120_000, async () =>
    (await look().catch(() => false)) ? true : undefined,
  );

describe('a server that is killed', () => {
  it('BUS7: the broker is started again, the apps find it, and what was accepted goes on', async () => {
    const who = await register(stack.info);
    process.kill(stack.natsPid, 'SIGKILL');
    await comesBack(async () => (await me(stack.info, who.accessToken)).status === 200);
    const buyer = newcomer().email;
    // A ping that comes before fulfillment is back is refused, and its store would send it again after minutes only.
    const sale = await sell(stack.info, { email: buyer, product_permalink: 'pro', ping: false });
    await pingUntilTaken(stack.info, sale);
    await eventually('the license', 120_000, async () => (await deliveries(stack.info, buyer))[0]);
  }, 400_000);

  it('H9 REL7: Postgres is started again on its data: nothing that was answered is gone', async () => {
    const who = await register(stack.info);
    process.kill(stack.postgresPid, 'SIGKILL');
    await comesBack(async () => (await login(stack.info, who)).status === 200);
    expect((await me(stack.info, who.accessToken)).status).toBe(200);
  }, 400_000);
});
