import { WebSocket } from 'ws';
import { eventually } from '../../../../test/support/eventually.js';
import { Gateway } from '../../test/gateway.js';
import { listen as connect, until, type Heard } from '../../test/heard.js';
import type { Peer } from '../../test/peer.js';
import { GatehouseClient, type RealtimeOptions } from '../index.js';

let gateway: Gateway;
let client: GatehouseClient;

beforeEach(async () => {
  gateway = await Gateway.start();
  client = clientOf();
  await client.login({ username: 'rowan', password: 'lantern' });
});
afterEach(async () => {
  client.close();
  await gateway.stop();
});

/** Waits are as short as the jitter allows: a random number near 0. */
const clientOf = (random = 0.002) =>
  new GatehouseClient({
    baseUrl: gateway.url,
    delivery: 'body',
    WebSocket,
    platform: { random: () => random },
  });

const listen = (options?: RealtimeOptions): Heard => connect(client, options);
const peer = (nth: number): Promise<Peer> => gateway.peer(nth);
const opened = ({ realtime }: Heard) =>
  eventually('an open connection', 30_000, async () => realtime.status.state === 'open' || undefined);

describe('the client of realtime', () => {
  it('C-realtime RT37: connects with its token in the subprotocol, tells typed events, and tolerates what it does not know', async () => {
    const heard = listen({ agent: true });
    const plans: string[] = [];
    heard.realtime.on('plan_changed', ({ data }) => plans.push(data.plan));
    const first = await peer(1);
    first.control('plan_changed', { plan: 'pro', features: [], expires_at: null, brand_new_member: 1 }, 'e1');
    first.control('of_tomorrow', {}, 'e2');
    await until('both', () => heard.ids.length === 2);
    expect(plans).toEqual(['pro']);
    expect([first.kind, first.token, first.isAgent, first.since]).toEqual(['websocket', 'access-1', true, undefined]);
    expect(heard.realtime.status).toEqual({ state: 'open', kind: 'websocket' });
  });

  it('C-realtime.resume RT15: comes back with the hello’s cursor when nothing was heard, and with the last event’s id after that', async () => {
    const heard = listen();
    (await peer(1)).cut();
    const second = await peer(2);
    expect(second.since).toBe('cursor-0');
    second.events('e1', 'e2', 'e3');
    await until('the events', () => heard.ids.length === 3);
    second.cut();
    const third = await peer(3);
    expect(third.since).toBe('e3');
    expect(heard.gaps).toEqual([]);
  });

  it('C-realtime.resume: a connection that breaks while it replays is resumed from where the replay stood, not from its hello', async () => {
    gateway.greet = (p) => p.hello(p.since !== undefined, `cursor-of-${gateway.peers.length}`);
    const heard = listen();
    const first = await peer(1);
    first.events('e1');
    await until('the event', () => heard.ids.length === 1);
    first.cut();
    (await peer(2)).cut();
    expect((await peer(3)).since).toBe('e1');
  });

  it('C-realtime.resume: a quiet connection goes on from the cursor that the server names', async () => {
    const heard = listen();
    const first = await peer(1);
    first.control('cursor', { cursor: 'cursor-9' });
    first.events('e1');
    first.control('cursor', { cursor: 'cursor-10' });
    await until('the cursor', () => heard.realtime.cursor === 'cursor-10');
    first.cut();
    expect((await peer(2)).since).toBe('cursor-10');
    expect(heard.ids).toEqual(['e1']);
  });

  it('RT16 RT17: what is delivered twice is heard once', async () => {
    const heard = listen();
    const first = await peer(1);
    first.events('e1', 'e2', 'e1', 'e2', 'e3');
    await until('three', () => heard.ids.includes('e3'));
    first.cut();
    (await peer(2)).events('e2', 'e3', 'e4');
    await until('the fourth', () => heard.ids.includes('e4'));
    expect(heard.ids).toEqual(['e1', 'e2', 'e3', 'e4']);
  });

  it('RT19 C-realtime.gap: a cursor that the server does not take is told as one gap, and the connection lives', async () => {
    gateway.greet = (p) => {
      p.hello(false);
      if (p.since) p.control('gap', { reason: 'cursor_too_old' });
    };
    const heard = listen({ since: 'of-last-week' });
    (await peer(1)).events('e1');
    await until('the event', () => heard.ids.length === 1);
    expect(heard.gaps).toEqual([{ reason: 'not_resumed' }]);
    (await peer(1)).control('gap', { reason: 'too_slow', dropped: 7 });
    await until('the second gap', () => heard.gaps.length === 2);
    expect(heard.gaps[1]).toEqual({ reason: 'too_slow', dropped: 7 });
  });

  it('C-realtime.gap: a listener may close the connection, which stays closed', async () => {
    gateway.greet = (p) => p.hello(false);
    const heard = listen({ since: 'of-last-week' });
    heard.realtime.on('gap', () => heard.realtime.close());
    const first = await peer(1);
    await until('the end', () => first.closed);
    expect(heard.statuses.at(-1)).toEqual({ state: 'closed', code: 1_000, reason: 'closed' });
    expect(heard.realtime.status.state).toBe('closed');
  });

  it('RT30 C-realtime.drain: hands over before it breaks, and what both connections deliver is heard once and in order', async () => {
    const heard = listen();
    const first = await peer(1);
    first.events('e1');
    first.control('reconnect', { within_ms: 1_000 });
    const second = await peer(2);
    expect(second.since).toBe('e1');
    await until('the goodbye', () => first.closed);
    second.events('e1', 'e2');
    await until('the next', () => heard.ids.includes('e2'));
    expect(heard.ids).toEqual(['e1', 'e2']);
    expect(heard.statuses.map((s) => s.state)).not.toContain('waiting');
  });

  it('RT30 C-realtime.drain: the old connection delivers until the new one has begun', async () => {
    gateway.greet = (p) => void (gateway.peers.length === 1 && p.hello(false));
    const heard = listen();
    const first = await peer(1);
    first.control('reconnect', { within_ms: 0 });
    const second = await peer(2);
    first.events('e1', 'e2');
    await until('events of the old one', () => heard.ids.length === 2);
    second.hello(true);
    second.events('e1', 'e2', 'e3');
    await until('the third', () => heard.ids.includes('e3'));
    expect(heard.ids).toEqual(['e1', 'e2', 'e3']);
  });

  it('RT30: a hand-over that fails is tried again while the old connection lives', async () => {
    const heard = listen();
    const first = await peer(1);
    await opened(heard);
    gateway.refuseUpgrade = () => 503;
    first.control('reconnect', { within_ms: 0 });
    await until('the refused one', () => gateway.count('UPGRADE /v1/auth/ws') > 1);
    gateway.refuseUpgrade = undefined;
    await peer(2);
    await until('the goodbye', () => first.closed);
    expect(heard.statuses.map((s) => s.state)).not.toContain('waiting');
  });

  it('RT5 C-realtime.refresh: gets a new token and says it in band, without another connection', async () => {
    listen();
    const first = await peer(1);
    first.control('token_expiring', { expires_at: '' });
    await until('the refresh', () => first.heard.length === 1);
    expect(first.heard[0]).toEqual({ type: 'refresh', data: { token: 'access-2' } });
    expect(gateway.peers).toHaveLength(1);
  });

  it('RT5: after 4401 it comes back with a new token', async () => {
    const heard = listen();
    const first = await peer(1);
    gateway.session.expire('access-1');
    first.close(4401);
    const second = await peer(2);
    expect([first.token, second.token]).toEqual(['access-1', 'access-2']);
    await opened(heard);
  });

  it('RT6: 4403 is final, and an ended session is told', async () => {
    const heard = listen();
    const ended: string[] = [];
    client.session.on('signed_out', ({ code }) => ended.push(code));
    const first = await peer(1);
    gateway.session.ended = true;
    gateway.session.expire();
    first.close(4403);
    await until('the end', () => ended.length === 1);
    expect(heard.realtime.status).toMatchObject({ state: 'closed', code: 4403 });
    expect(ended).toEqual(['refresh_token_invalid']);
    expect(gateway.count('UPGRADE /v1/auth/ws')).toBe(1);
  });

  it.each([1000, 1001, 1011, 1012])('C-realtime RT30: after %i it comes back', async (code) => {
    const heard = listen();
    await opened(heard);
    (await peer(1)).close(code);
    await peer(2);
    await opened(heard);
    expect(heard.statuses).toContainEqual(expect.objectContaining({ state: 'waiting' }));
  });

  it('C-realtime: an abort ends everything, and leaves no connection', async () => {
    const stop = new AbortController();
    const heard = listen({ signal: stop.signal });
    const first = await peer(1);
    await opened(heard);
    stop.abort();
    await until('the goodbye', () => first.closed);
    expect(heard.realtime.status).toEqual({ state: 'closed', code: 1000, reason: 'closed' });
    client.close();
    first.events('e1');
    expect([heard.ids, gateway.openConnections]).toEqual([[], 0]);
  });

  it('C-realtime: the end of the session ends its connections', async () => {
    const heard = listen();
    const first = await peer(1);
    await client.logout();
    await until('the goodbye', () => first.closed);
    expect(heard.realtime.status).toMatchObject({ state: 'closed', code: 4403 });
  });

  it('C-realtime: a listener that throws takes nothing from the others', async () => {
    const reports: unknown[] = [];
    Object.assign(globalThis, { reportError: (error: unknown) => reports.push(error) });
    try {
      const realtime = client.realtime();
      const ids: string[] = [];
      realtime.on('notification', () => {
        throw new Error('of the listener');
      });
      realtime.on('notification', ({ id }) => ids.push(id));
      (await peer(1)).events('e1', 'e2');
      await until('both', () => ids.length === 2);
      expect(reports).toHaveLength(2);
    } finally {
      Reflect.deleteProperty(globalThis, 'reportError');
    }
  });
});
