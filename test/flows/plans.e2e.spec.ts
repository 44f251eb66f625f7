import { randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import { WebSocket } from 'ws';
import type { BusUser } from '#contracts';
import type { DevInfo } from '#local';
import { connectAs, publishAs } from '../support/bus-users.js';
import { endSockets, listen as listenTo, type Frame } from '../support/event-sockets.js';
import { eventually, pause } from '../support/eventually.js';
import { answered, call } from '../support/http.js';
import { stack } from '../support/index.js';
import {
  internal,
  login,
  me,
  refresh,
  refreshLicensed,
  register,
  sell,
  verifyAddress,
  type SignedIn,
} from '../support/people.js';

// An event that fails is delivered again after 1, 2, 4 and 8 s, at each of three services.
jest.setTimeout(150_000);

let dev: DevInfo;
beforeAll(async () => {
  dev = await stack();
}, 120_000);

afterEach(endSockets);

const listen = (token: string, query = '') => listenTo(dev, token, query);
const frame = (frames: Frame[], fits: (f: Frame) => boolean) =>
  eventually('the frame', 60_000, async () => frames.find(fits));

const publish = (user: BusUser, subject: string, data: object) => publishAs(dev, user, subject, data);

const change = (who: SignedIn, plan: string, more: object = {}) => ({
  event_id: randomUUID(),
  user_id: who.userId,
  plan,
  effective_at: new Date().toISOString(),
  ...more,
});

const licenseMe = (who: SignedIn) => call('GET', `${dev.public_url}/v1/license/me`, { token: who.accessToken });

describe('a plan', () => {
  it('F-plan-change A-entitlements: a sale to a verified address reaches license/me, the socket and the next tokens', async () => {
    const who = await register(dev);
    await verifyAddress(dev, who);
    const { frames } = await listen(who.accessToken);
    await sell(dev, { email: who.email, product_permalink: 'pro' });
    await frame(frames, (f) => f.type === 'plan_changed' && f.data.plan === 'pro');
    const mine = await licenseMe(who);
    expect(mine.body).toMatchObject({
      plan: 'pro',
      status: 'licensed',
      max_offline_days: 30,
      licenses: [{ tier: 'pro', status: 'active' }],
    });
    const next = await refreshLicensed(dev, who.refreshToken);
    expect(next.body.user.plan).toBe('pro');
    expect(decodeJwt(next.body.license_token)).toMatchObject({ plan: 'pro', features: mine.body.features });
    expect((await me(dev, who.accessToken)).body.plan).toBe('pro');
    const alias = await call('GET', `${dev.public_url}/v1/license/entitlements`, { token: who.accessToken });
    expect(alias.body.plan).toBe('pro');
  });

  it('F-plan-change: a sale before the address is verified counts from the verification on', async () => {
    const who = await register(dev);
    await sell(dev, { email: who.email, product_permalink: 'core' });
    await pause(500);
    expect((await licenseMe(who)).body.plan).toBe('free');
    await verifyAddress(dev, who);
    await eventually('the plan', 60_000, async () => (await licenseMe(who)).body.plan === 'core' || undefined);
  });

  it('F-producers F-plan-change: billing’s event and its internal call have the same effect, once per event id', async () => {
    const who = await register(dev);
    const { frames } = await listen(who.accessToken);
    await publish('billing', 'evt.billing.plan.changed', change(who, 'pro'));
    await frame(frames, (f) => f.data.plan === 'pro');
    const posted = change(who, 'team');
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => internal(dev, 'billing', 'POST', '/internal/billing/plan-changes', posted)),
    );
    expect(answers.map((a) => a.status)).toEqual(Array(5).fill(202));
    await frame(frames, (f) => f.data.plan === 'team');
    await publish('billing', 'evt.billing.plan.changed', posted);
    await publish('billing', 'evt.billing.plan.changed', change(who, 'enterprise'));
    await frame(frames, (f) => f.data.plan === 'enterprise');
    expect(frames.filter((f) => f.type === 'plan_changed').map((f) => f.data.plan)).toEqual([
      'pro',
      'team',
      'enterprise',
    ]);
    expect((await refresh(dev, who.refreshToken)).body.user.plan).toBe('enterprise');
  });

  it('F-producers: a producer’s key opens nothing but its own events', async () => {
    const who = await register(dev);
    const errors: string[] = [];
    const nats = await connectAs(dev, 'social');
    void (async () => {
      for await (const status of nats.status()) if (status.type === 'error') errors.push(String(status.error));
    })();
    nats.publish('evt.billing.plan.changed', JSON.stringify(change(who, 'enterprise')));
    await nats.flush();
    await eventually('a permissions error', 60_000, async () => errors[0]);
    await nats.close();
    expect((await licenseMe(who)).body.plan).toBe('free');
  });

  it('A-claim A-identity.bridge J7: fifty first claims at once give one plan, 200 each', async () => {
    const who = await register(dev);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        answered(() =>
          call('POST', `${dev.public_url}/v1/claim/renpy`, {
            token: who.accessToken,
            json: { evidence: { project: 'demo' } },
          }),
        ),
      ),
    );
    expect(answers.map((a) => a.status)).toEqual(Array(50).fill(200));
    expect(new Set(answers.map((a) => a.body.plan))).toEqual(new Set(['renpy_free']));
    expect(answers[0]!.body.license_token).toEqual(expect.any(String));
  });

  it('A-claim: a claim never lowers a paid plan', async () => {
    const who = await register(dev);
    await internal(dev, 'billing', 'POST', '/internal/billing/plan-changes', change(who, 'pro'));
    await eventually('the plan', 60_000, async () => (await licenseMe(who)).body.plan === 'pro' || undefined);
    const { status, body } = await call('POST', `${dev.public_url}/v1/claim/renpy`, {
      token: who.accessToken,
      json: {},
    });
    expect([status, body.plan]).toEqual([200, 'pro']);
  });

  it('A-legacy: the removed endpoints are 410 and name their successor', async () => {
    for (const path of ['/v1/entitlements', '/v1/license/status']) {
      const { status, body, headers } = await call('GET', dev.public_url + path);
      expect([status, body.code]).toEqual([410, 'gone']);
      expect(headers.get('link')).toContain('/v1/license/me');
      expect(headers.get('link')).toContain('successor-version');
    }
  });
});

describe('a socket', () => {
  it('RT1: a bad token is 401 before the upgrade, a plain GET 426', async () => {
    const refused = new WebSocket(`${dev.public_url.replace('http', 'ws')}/v1/auth/ws?token=nonsense`);
    const status = await new Promise((resolve) => {
      refused.once('unexpected-response', (_, response) => resolve(response.statusCode));
      refused.once('open', () => resolve(101));
      refused.on('error', () => undefined);
    });
    expect(status).toBe(401);
    expect((await call('GET', `${dev.public_url}/v1/auth/ws`)).status).toBe(426);
  });

  it('RT6: sign-out closes the session’s sockets with 4403 and no others', async () => {
    const who = await register(dev);
    const other = (await login(dev, who)).body;
    const [mine, theirs] = [await listen(who.accessToken), await listen(other.access_token)];
    await call('POST', `${dev.public_url}/v1/auth/logout`, { token: who.accessToken });
    expect(await mine.closed).toBe(4403);
    await internal(dev, 'broadcaster', 'POST', '/internal/broadcast', {
      type: 'notification',
      data: { n: 1 },
      user_id: who.userId,
    });
    await frame(theirs.frames, (f) => f.type === 'notification');
  });

  it('F-producers RT8 RT11: a broadcast reaches the person’s sockets once, whichever way and however often it came', async () => {
    const [who, stranger] = [await register(dev), await register(dev)];
    const [one, two, strange] = await Promise.all([
      listen(who.accessToken),
      listen(who.accessToken),
      listen(stranger.accessToken),
    ]);
    const event = { type: 'notification', data: { text: 'hello' }, user_id: who.userId, id: `n-${randomUUID()}` };
    const posted = await internal(dev, 'broadcaster', 'POST', '/internal/broadcast', event);
    expect([posted.status, posted.body.id]).toEqual([202, event.id]);
    await internal(dev, 'broadcaster', 'POST', '/internal/broadcast', event);
    await publish('broadcaster', 'evt.broadcast.notification.published', event);
    const last = { ...event, id: `n-${randomUUID()}`, data: { text: 'last' } };
    await publish('broadcaster', 'evt.broadcast.notification.published', last);
    for (const { frames } of [one!, two!]) {
      await frame(frames, (f) => f.id === last.id);
      expect(frames.map((f) => f.id)).toEqual([event.id, last.id]);
    }
    expect(strange!.frames).toEqual([]);
  });

  it('F-producers RT13: chat reaches the owner’s agents only', async () => {
    const who = await register(dev);
    const [agent, browser] = [await listen(who.accessToken, '&as=agent'), await listen(who.accessToken)];
    const message = {
      owner_id: who.userId,
      platform: 'twitch',
      channel: 'rowan',
      message_id: randomUUID(),
      author: { name: 'viewer' },
      text: 'hi',
      at: new Date().toISOString(),
    };
    expect((await internal(dev, 'chat-bridge', 'POST', '/internal/chat', message)).status).toBe(202);
    const over = { ...message, message_id: randomUUID(), text: 'over the bus' };
    await publish('chat-bridge', 'evt.chat.message.received', over);
    await frame(agent.frames, (f) => f.type === 'chat_message' && f.data.text === 'over the bus');
    await internal(dev, 'chat-bridge', 'POST', '/internal/chat-feed', {
      owner_id: who.userId,
      window_start: message.at,
      window_end: new Date().toISOString(),
      topics: ['hello'],
      mood: 'calm',
      highlights: ['hi'],
    });
    await frame(agent.frames, (f) => f.type === 'chat_feed');
    expect(browser.frames).toEqual([]);
  });
});
