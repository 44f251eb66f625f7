import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { WebSocket } from 'ws';
import { freePorts, type DevInfo } from '#local';
import { call } from '../support/http.js';
import { eventually, stack, testDir } from '../support/index.js';
import { adminToken } from '../support/staff.js';
import { internal, login, me, refresh, register, type SignedIn } from '../support/people.js';
import { severable, type Severable } from '../support/severable.js';

/** A second gateway with a second realtime behind it, on a line to the broker that can be cut. */
interface Replica {
  url: string;
  line: Severable;
  stop(): void;
}

let dev: DevInfo;
let near: Replica;
let staff: string;
beforeAll(async () => {
  dev = await stack();
  near = await replica();
  staff = await adminToken(dev);
}, 180_000);
afterAll(() => near?.stop());

async function replica(): Promise<Replica> {
  const line = await severable(dev.nats.url);
  const [publicPort, gatewayPort, realtimePort] = (await freePorts(3)) as [number, number, number];
  const shared = {
    GATEHOUSE_PROFILE: 'development',
    PUBLIC_URL: dev.public_url,
    NATS_URL: line.url,
    LOG_LEVEL: 'warn',
  };
  const realtime = start('realtime', { ...shared, INTERNAL_PORT: String(realtimePort) });
  const gateway = start('gateway', {
    ...shared,
    INTERNAL_PORT: String(gatewayPort),
    PUBLIC_PORT: String(publicPort),
    REALTIME_URL: `http://127.0.0.1:${realtimePort}`,
    RATE_LIMIT_FACTOR: '100',
    STAFF_SECOND_FACTOR: 'false',
    INTERNAL_CALLERS_FILE: path.resolve('config/internal-callers.yaml'),
    INTERNAL_CALLER_SECRETS_FILE: secretsFile(),
  });
  for (const port of [realtimePort, gatewayPort]) {
    await eventually(`the replica on ${port} to be ready`, 60_000, async () => {
      const ready = await call('GET', `http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
      return ready?.status === 200 ? true : undefined;
    });
  }
  return { url: `http://127.0.0.1:${publicPort}`, line, stop: () => [gateway, realtime].forEach((p) => p.kill()) };
}

function start(app: 'gateway' | 'realtime', env: NodeJS.ProcessEnv): ChildProcess {
  return spawn(process.execPath, [path.resolve(`dist/apps/${app}/src/main.js`)], {
    env: { ...process.env, ...env, NATS_SEED_FILE: dev.nats.users[app] },
    stdio: 'ignore',
  });
}

function secretsFile(): string {
  const file = path.join(testDir('replica'), 'secrets.json');
  writeFileSync(file, JSON.stringify(dev.internal_callers), { mode: 0o600 });
  return file;
}

const meAt = async (url: string, token: string) => (await call('GET', `${url}/v1/auth/me`, { token })).status;
const post = (route: string, token: string, json: object = {}) =>
  call('POST', `${dev.public_url}${route}`, { token, json });
/** A socket over the second gateway, and its close code once it has one. */
async function socket(token: string): Promise<{ closed: () => Promise<number> }> {
  const ws = new WebSocket(`${near.url.replace('http', 'ws')}/v1/auth/ws`, ['gatehouse.v1', `bearer.${token}`]);
  let code: number | undefined;
  ws.on('close', (why) => (code = why));
  await once(ws, 'open');
  return { closed: () => eventually('the socket to be closed', 30_000, async () => code) };
}

/** Everything that ends sessions at once. */
const ENDINGS: [string, (who: SignedIn) => Promise<{ status: number }>][] = [
  ['sign-out', (who) => post('/v1/auth/logout', who.accessToken)],
  ['sign-out everywhere', (who) => post('/v1/auth/logout?all=true', who.accessToken)],
  [
    'revoking the session from another one',
    async (who) => {
      const other = (await login(dev, who)).body.access_token;
      const { sessions } = (await call('GET', `${dev.public_url}/v1/auth/sessions`, { token: other })).body;
      const { id } = sessions.find((s: { current: boolean }) => !s.current);
      return call('DELETE', `${dev.public_url}/v1/auth/sessions/${id}`, { token: other });
    },
  ],
  [
    'a changed password',
    async (who) => {
      const other = (await login(dev, who)).body.access_token;
      const json = { current_password: who.password, new_password: `${who.password} anew` };
      return post('/v1/auth/password/change', other, json);
    },
  ],
  ['suspension', (who) => post(`/v1/admin/users/${who.userId}/suspend`, staff)],
  ['staff that signs out', (who) => post(`/v1/admin/users/${who.userId}/sign-out`, staff)],
  ['deletion by staff', (who) => call('DELETE', `${dev.public_url}/v1/admin/users/${who.userId}`, { token: staff })],
  [
    'another role',
    (who) =>
      call('PUT', `${dev.public_url}/v1/admin/users/${who.userId}/roles`, {
        token: staff,
        json: { roles: ['auditor'] },
      }),
  ],
  [
    'deletion by its person',
    (who) =>
      call('DELETE', `${dev.public_url}/v1/auth/account`, { token: who.accessToken, json: { password: who.password } }),
  ],
  [
    'a refresh token that was used before',
    async (who) => {
      const second = (await refresh(dev, who.refreshToken)).body.refresh_token;
      await refresh(dev, second);
      const { status } = await refresh(dev, who.refreshToken);
      return { status: status === 401 ? 200 : 500 };
    },
  ],
];

describe('what ends a session', () => {
  it.each(ENDINGS)('RT6 R-JW9 C-sessions.revoke: %s is known to every gateway and every socket', async (_, end) => {
    const who = await register(dev);
    expect([await meAt(near.url, who.accessToken), await meAt(dev.public_url, who.accessToken)]).toEqual([200, 200]);
    const { closed } = await socket(who.accessToken);
    const ended = await end(who);
    expect(Math.floor(ended.status / 100)).toBe(2);
    expect(await meAt(dev.public_url, who.accessToken)).toBe(401);
    expect(await closed()).toBe(4403);
    await eventually('the other gateway to refuse', 30_000, async () =>
      (await meAt(near.url, who.accessToken)) === 401 ? true : undefined,
    );
    await expect(socket(who.accessToken)).rejects.toThrow('401');
    expect((await refresh(dev, who.refreshToken)).status).toBe(401);
  });

  it.each<[string, (who: SignedIn, device: string) => Promise<{ status: number }>]>([
    ['revoking it', (who, id) => call('DELETE', `${dev.public_url}/v1/auth/devices/${id}`, { token: who.accessToken })],
    ['suspension', (who) => post(`/v1/admin/users/${who.userId}/suspend`, staff)],
    ['sign-out everywhere', (who) => post('/v1/auth/logout?all=true', who.accessToken)],
  ])('R-JW9 R-DP3 C-devices.revoke: %s ends a paired device’s token everywhere', async (_, end) => {
    const who = await register(dev);
    const { code } = (await post('/v1/auth/devices/pair/start', who.accessToken)).body;
    const json = { code, name: 'Box' };
    const { access_token, device } = (await call('POST', `${dev.public_url}/v1/auth/devices/pair/claim`, { json }))
      .body;
    const { closed } = await socket(access_token);
    expect(Math.floor((await end(who, device.id)).status / 100)).toBe(2);
    expect(await closed()).toBe(4403);
    await expect(socket(access_token)).rejects.toThrow('401');
  });

  it('R-RF10: a refresh ends nothing: the access token before stays good everywhere', async () => {
    const who = await register(dev);
    for (let i = 0, token = who.refreshToken; i < 3; i++) token = (await refresh(dev, token)).body.refresh_token;
    expect([(await me(dev, who.accessToken)).status, await meAt(near.url, who.accessToken)]).toEqual([200, 200]);
  });

  it('RT6 R-JW9: a gateway and a realtime that were cut off meanwhile take nothing, and know it when they are back', async () => {
    const [who, other] = [await register(dev), await register(dev)];
    const { closed } = await socket(who.accessToken);
    expect(await meAt(near.url, who.accessToken)).toBe(200);
    await near.line.cut();
    await eventually('the replica to notice', 30_000, async () =>
      (await meAt(near.url, other.accessToken)) === 503 ? true : undefined,
    );
    expect((await post('/v1/auth/logout', who.accessToken)).status).toBe(204);
    expect(await meAt(near.url, who.accessToken)).toBe(503);
    await expect(socket(who.accessToken)).rejects.toThrow('503');
    await near.line.mend();
    const seen = new Set<number>();
    await eventually('the replica to be back', 30_000, async () => {
      seen.add(await meAt(near.url, who.accessToken));
      return (await meAt(near.url, other.accessToken)) === 200 ? true : undefined;
    });
    expect(seen).not.toContain(200);
    expect(await meAt(near.url, who.accessToken)).toBe(401);
    expect(await closed()).toBe(4403);
  });
});

describe('what was pushed to somebody', () => {
  const resume = (token: string, since: string) => {
    const url = `${near.url.replace('http', 'ws')}/v1/auth/ws?since=${encodeURIComponent(since)}`;
    return new WebSocket(url, ['gatehouse.v1', `bearer.${token}`]);
  };
  const push = async (who: SignedIn): Promise<string> => {
    const body = { user_id: who.userId, type: 'notification', data: {} };
    const { status, body: answer } = await internal(dev, 'broadcaster', 'POST', '/internal/broadcast', body);
    expect(status).toBe(202);
    return answer.id as string;
  };

  it('RT21: cannot be resumed while they are suspended, by a socket or a stream of events, and can once they are back', async () => {
    const who = await register(dev);
    const seen = await push(who);
    const { closed } = await socket(who.accessToken);
    expect((await post(`/v1/admin/users/${who.userId}/suspend`, staff)).status).toBeLessThan(300);
    expect(await closed()).toBe(4403);
    const missed = await push(who);
    const refused = resume(who.accessToken, seen);
    expect(String(await once(refused, 'error'))).toContain('401');
    const stream = await fetch(`${near.url}/v1/auth/events?since=${seen}`, {
      headers: { authorization: `Bearer ${who.accessToken}` },
    });
    expect([stream.status, await stream.text()]).toEqual([401, expect.not.stringContaining(missed)]);
    expect((await login(dev, who)).status).not.toBe(200);

    expect((await post(`/v1/admin/users/${who.userId}/restore`, staff)).status).toBeLessThan(300);
    const back = resume((await login(dev, who)).body.access_token, seen);
    const ids: string[] = [];
    back.on('message', (text) => ids.push((JSON.parse(String(text)) as { id: string }).id));
    await eventually('what was missed', 30_000, async () => ids.includes(missed) || undefined);
    back.terminate();
  });
});
