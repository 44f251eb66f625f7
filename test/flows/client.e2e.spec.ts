import pg from 'pg';
import { WebSocket } from 'ws';
import { GatehouseClient, ProblemError, type Frame, type User } from '#client';
import type { DevInfo } from '#local';
import { eventually } from '../support/eventually.js';
import { stack } from '../support/index.js';
import { internal, newcomer, sell, verifyAddress } from '../support/people.js';

let dev: DevInfo;
const clients: GatehouseClient[] = [];
beforeAll(async () => {
  dev = await stack();
}, 120_000);
afterEach(() => clients.splice(0).forEach((client) => client.close()));

/** A socket whose traffic can be looked at. */
class Overheard extends WebSocket {
  static readonly opened: Overheard[] = [];
  readonly types: string[] = [];

  constructor(url: string, protocols: string[]) {
    super(url, protocols);
    Overheard.opened.push(this);
    this.on('message', (text) => this.types.push(JSON.parse(String(text)).type));
  }
}
beforeEach(() => Overheard.opened.splice(0));

/** What a WebSocket is behind a proxy that lets none through. */
class Blocked extends WebSocket {
  constructor(_url: string, protocols: string[]) {
    super('ws://127.0.0.1:9', protocols);
  }
}

async function notify(to: DevInfo, user_id: string, n: number): Promise<void> {
  const body = { type: 'notification', user_id, data: { n } };
  expect((await internal(to, 'broadcaster', 'POST', '/internal/broadcast', body)).status).toBe(202);
}

function clientOf(more: object = {}): GatehouseClient {
  const platform = { channel: () => undefined };
  const client = new GatehouseClient({
    baseUrl: dev.public_url,
    delivery: 'body',
    WebSocket: Overheard,
    platform,
    ...more,
  });
  clients.push(client);
  return client;
}

async function endSessions(username: string, within: string): Promise<void> {
  const identity = new pg.Client({ connectionString: dev.postgres.identity });
  await identity.connect();
  try {
    const person = 'select id from website_users where username = $1';
    const sql = `update auth_sessions set expires_at = now() + $2::interval where user_id = (${person})`;
    expect((await identity.query(sql, [username, within])).rowCount).toBe(1);
  } finally {
    await identity.end();
  }
}

const until = (what: string, holds: () => boolean) => eventually(what, 20_000, async () => holds() || undefined);

describe('the client', () => {
  it('C-realtime.plan_changed F-plan-change: signs in, connects, hears of a new plan, and has it in its next tokens', async () => {
    const who = newcomer();
    const tokens: { token?: string } = {};
    const store = { load: async () => tokens.token, save: async (token?: string) => void (tokens.token = token) };
    const client = clientOf({ store });
    const user = await client.register(who);
    const events = client.realtime();
    const plans: string[] = [];
    events.on('plan_changed', ({ data }) => plans.push(data.plan));
    await until('the connection', () => events.status.state === 'open');
    await verifyAddress(dev, { ...who, userId: user.id, accessToken: await client.session.token(), refreshToken: '' });
    await sell(dev, { email: who.email, product_permalink: 'pro' });
    await until('the plan', () => plans.includes('pro'));
    expect((await client.refresh())?.plan).toBe('pro');
    expect(await client.license()).toMatchObject({ plan: 'pro', status: 'licensed' });
    const restarted = clientOf({ store });
    expect((await restarted.session.restore())?.username).toBe(who.username);
  });

  it('C-realtime.resume RT15 RT16: goes on after a cut connection with what was published meanwhile, each once and in order', async () => {
    const client = clientOf();
    const user = await client.register(newcomer());
    const events = client.realtime();
    const heard: number[] = [];
    events.on('notification', ({ data }: Frame) => heard.push(data.n as number));
    await until('the connection', () => events.status.state === 'open');
    for (let n = 1; n <= 12; n += 1) {
      if (n % 4 === 2) Overheard.opened.at(-1)!.terminate();
      await notify(dev, user.id, n);
    }
    await until('all of them', () => heard.length >= 12);
    expect(heard).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it('C-realtime.sse RT16: where no WebSocket gets through it goes on over server-sent events, each event once', async () => {
    const client = clientOf({ WebSocket: Blocked });
    const user = await client.register(newcomer());
    const events = client.realtime();
    const heard: number[] = [];
    events.on('notification', ({ data }: Frame) => heard.push(data.n as number));
    await until('the stream', () => events.status.state === 'open');
    expect(events.status).toEqual({ state: 'open', kind: 'sse' });
    await notify(dev, user.id, 1);
    await until('the first', () => heard.length === 1);
    const { cursor } = events;
    events.close();
    await notify(dev, user.id, 2);
    const later = client.realtime({ since: cursor });
    later.on('notification', ({ data }: Frame) => heard.push(data.n as number));
    await notify(dev, user.id, 3);
    await until('all of them', () => heard.length >= 3);
    expect(heard).toEqual([1, 2, 3]);
  });

  it('RT5 B-silent-refresh: tokens that end soon are renewed, and the open connection gets them in band', async () => {
    const who = newcomer();
    const client = clientOf();
    await client.register(who);
    // No client's tokens are so short: only those of a session at its end.
    await endSessions(who.username, '12 seconds');
    await client.refresh();
    await endSessions(who.username, '1 day');
    const first = await client.session.token();
    const refreshed: User[] = [];
    client.session.on('refreshed', (user) => refreshed.push(user));
    const events = client.realtime();
    await until('the acceptance', () => Overheard.opened[0]?.types.includes('refreshed') === true);
    expect(Overheard.opened[0]!.types).toContain('token_expiring');
    expect(await client.session.token()).not.toBe(first);
    expect([refreshed.length > 0, Overheard.opened.length, events.status.state]).toEqual([true, 1, 'open']);
  });

  it('C-realtime.revocation RT6: a sign-out elsewhere ends the connection for good', async () => {
    const who = newcomer();
    const client = clientOf();
    await client.register(who);
    const elsewhere = clientOf();
    await elsewhere.login({ email: who.email, password: who.password });
    const events = client.realtime();
    await until('the connection', () => events.status.state === 'open');
    await elsewhere.logout({ everywhere: true });
    await until('the end', () => events.status.state === 'closed');
    expect(events.status).toMatchObject({ code: 4403 });
    await until('the sign-out', () => client.session.user === undefined);
  });

  it('A-errors: refusals are problems with their codes', async () => {
    const who = newcomer();
    await clientOf().register(who);
    const wrong = clientOf().login({ email: who.email, password: 'not it' });
    await expect(wrong).rejects.toMatchObject({ status: 401, code: 'invalid_credentials' });
    const taken = clientOf().register({ ...newcomer(), username: who.username });
    await expect(taken).rejects.toBeInstanceOf(ProblemError);
  });
});
