import { readFileSync } from 'node:fs';
import { allEvents, APPS } from '#contracts';
import type { DevInfo } from '#local';
import { call } from '../support/http.js';
import { startStack, type Stack } from '../support/index.js';
import { login, me, newcomer, register } from '../support/people.js';

let stack: Stack;
let dev: DevInfo;
beforeAll(async () => {
  stack = await startStack();
  dev = stack.info;
}, 120_000);
afterAll(() => stack.stop());

describe('the services', () => {
  it('F-services: are six processes of their own', () => {
    const pids = APPS.map((app) => stack.pid(app));
    expect(new Set(pids).size).toBe(APPS.length);
    for (const [i, app] of APPS.entries()) {
      expect(readFileSync(`/proc/${pids[i]}/cmdline`, 'utf8')).toContain(`apps/${app}/src/main.js`);
    }
  });

  it('F-services: the gateway guards, limits and forwards; without the service behind it says 503, and comes back', async () => {
    const who = await register(dev, newcomer());
    expect((await me(dev, who.accessToken)).status).toBe(200);
    await stack.halt('identity');
    const refused = await me(dev, who.accessToken);
    expect([refused.status, refused.body.code]).toEqual([503, 'unavailable']);
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    await stack.restart('identity');
    expect((await login(dev, who)).status).toBe(200);
  });

  it('F-services: health and metrics are on the internal listener; the public one has no metrics', async () => {
    const ready = await call('GET', `${dev.internal_url}/health/ready`);
    expect([ready.status, ready.body.status]).toEqual([200, 'ready']);
    expect((await call('GET', `${dev.public_url}/health/live`)).status).toBe(200);
    expect((await call('GET', `${dev.internal_url}/metrics`)).body).toContain('process_cpu_seconds_total');
    expect((await call('GET', `${dev.public_url}/metrics`)).status).toBe(404);
  });
});

describe('the catalog of events', () => {
  const PROMISED = [
    'auth.login_success',
    'auth.login_failed',
    'auth.refresh_success',
    'auth.refresh_failed',
    'auth.logout',
    'auth.token_revoked',
    'license.entitlement_check',
    'license.claim',
  ];

  it('A-events: has every public name that clients were promised, each with a schema', () => {
    const page = readFileSync('docs/reference/events.md', 'utf8');
    const names = allEvents().map((e) => e.publicName);
    expect(names).toEqual(expect.arrayContaining(PROMISED));
    for (const name of PROMISED) expect(page).toContain(name);
  });
});
