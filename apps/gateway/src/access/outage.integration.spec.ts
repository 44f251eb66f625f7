import { randomUUID } from 'node:crypto';
import { ListRevocations } from '#contracts';
import { eventually } from '../../../../test/support/eventually.js';
import { severable } from '../../../../test/support/severable.js';
import { Edge } from '../../test/gateway-under-test.js';

let edge: Edge;
beforeAll(async () => {
  edge = await Edge.start();
});
afterAll(() => edge.stop());

describe('a gateway that was cut off from the broker', () => {
  it('R-JW9: takes no token while it is, and refuses what has ended meanwhile from the first moment that it is back', async () => {
    const line = await severable(edge.broker.url);
    const gateway = await edge.gateway({ NATS_URL: line.url });
    const sid = randomUUID();
    const [ended, live] = [edge.issuer.token({ sid }), edge.issuer.token()];
    const me = async (token: string) => (await gateway.call('GET', '/v1/auth/me', { token })).status;
    expect([await me(ended), await me(live)]).toEqual([200, 200]);

    await line.cut();
    await eventually('the gateway to notice', 30_000, async () => ((await me(live)) === 503 ? true : undefined));
    const expires_at = new Date(Date.now() + 600_000).toISOString();
    edge.neighbours.on(ListRevocations, () => ({ revocations: [{ id: sid, expires_at }] }));
    expect([await me(ended), await me(live)]).toEqual([503, 503]);

    await line.mend();
    const seen = new Set<number>();
    await eventually('the gateway to be back', 20_000, async () => {
      seen.add(await me(ended));
      return (await me(live)) === 200 ? true : undefined;
    });
    seen.add(await me(ended));
    // It was 503 before the way was mended; whether it is for a moment more is the reconnection's luck.
    expect([...seen].filter((status) => status !== 503)).toEqual([401]);
    await line.cut();
  });

  it('R-JW9: as long as identity does not say what has ended, no token is taken', async () => {
    const line = await severable(edge.broker.url);
    const gateway = await edge.gateway({ NATS_URL: line.url });
    const token = edge.issuer.token();
    const me = async () => (await gateway.call('GET', '/v1/auth/me', { token })).status;
    expect(await me()).toBe(200);
    edge.neighbours.asked.length = 0;
    edge.neighbours.on(ListRevocations, () => {
      throw new Error('no');
    });
    await line.cut();
    await line.mend();
    let stillAsked = 0;
    await eventually('several refused readings', 20_000, async () => {
      expect([503, 200]).toContain(await me());
      stillAsked = edge.neighbours.asked.filter((a) => a.command === ListRevocations.name).length;
      return stillAsked > 1 ? true : undefined;
    });
    expect(await me()).toBe(503);
    edge.neighbours.forget();
    await eventually('the gateway to take tokens again', 20_000, async () => ((await me()) === 200 ? true : undefined));
    await line.cut();
  });
});
