import { eventually, pause } from '../../../test/support/eventually.js';
import { Browser } from '../test/browser.js';
import { Gateway } from '../test/gateway.js';
import { GatehouseClient } from './index.js';

let gateway: Gateway;
let browser: Browser;
const tabs: GatehouseClient[] = [];

beforeEach(async () => {
  gateway = await Gateway.start();
  gateway.session.delivery = 'cookie';
  browser = new Browser();
});
afterEach(async () => {
  for (const tab of tabs.splice(0)) tab.close();
  browser.close();
  await gateway.stop();
});

const WHO = { username: 'rowan', password: 'lantern' };
const REFRESH = 'POST /v1/auth/refresh';

function tab(frozen?: { now: boolean }): GatehouseClient {
  const client = new GatehouseClient({ baseUrl: gateway.url, ...browser.tab(frozen) });
  tabs.push(client);
  return client;
}

/** Two tabs of one signed-in person. */
async function twoTabs(frozen?: { now: boolean }): Promise<[GatehouseClient, GatehouseClient]> {
  const pair: [GatehouseClient, GatehouseClient] = [tab(frozen), tab()];
  await pair[0].login(WHO);
  await until('the news', () => pair[1].session.user !== undefined);
  return pair;
}

const until = (what: string, holds: () => boolean) => eventually(what, 30_000, async () => holds() || undefined);

describe('B-silent-refresh tabs', () => {
  it('B-silent-refresh: one refresh serves the refused requests of all tabs', async () => {
    const [one, other] = await twoTabs();
    gateway.session.expire();
    const people = await Promise.all([one, other, one, other].map((t) => t.me()));
    expect(people).toHaveLength(4);
    expect(gateway.count(REFRESH)).toBe(1);
    expect(await one.session.token()).toBe(await other.session.token());
  });

  it('B-silent-refresh: a new tab gets its token from another one, and without another one from the cookie', async () => {
    const [one] = await twoTabs();
    expect((await tab().session.restore())?.id).toBe('person-1');
    expect(gateway.count(REFRESH)).toBe(0);
    for (const open of tabs) open.close();
    expect((await tab().session.restore())?.id).toBe('person-1');
    expect(gateway.count(REFRESH)).toBe(1);
    expect(one.session.user?.id).toBe('person-1');
  });

  it('B-silent-refresh: a new tab that stands still while another one answers hears the answer first', async () => {
    await twoTabs();
    // Timers are what is looked at next.
    await new Promise(setImmediate);
    const restored = tab().session.restore();
    for (const end = Date.now() + 400; Date.now() < end;);
    expect((await restored)?.id).toBe('person-1');
    expect(gateway.count(REFRESH)).toBe(0);
  });

  it('B-silent-refresh: a tab that freezes while it holds the lock holds nobody up for good', async () => {
    const frozen = { now: false };
    const [one, other] = await twoTabs(frozen);
    gateway.session.expire();
    frozen.now = true;
    const late = one.session.renew(await one.session.token());
    late.catch(() => undefined);
    await until('the lock', () => browser.locks.held.size === 1);
    expect((await other.me()).id).toBe('person-1');
    expect(browser.locks.held.size).toBe(1);
    expect(gateway.count(REFRESH)).toBe(1);
  });

  it('B-silent-refresh R-RF3 R-RF4: without locks both tabs refresh at once, and both get the same successor', async () => {
    browser.locks.request = () => Promise.reject(new Error('SecurityError'));
    const [one, other] = await twoTabs();
    const cookies: string[] = [];
    let arrived = 0;
    gateway.session.beforeAnswer = async () => {
      arrived += 1;
      await until('the other one', () => arrived === 2);
      cookies.push(`refresh-${gateway.session.generation}`);
      return true;
    };
    gateway.session.expire();
    await Promise.all([one.me(), other.me()]);
    expect(gateway.session.presented).toEqual(['refresh-10', 'refresh-10']);
    expect(cookies).toEqual(['refresh-11', 'refresh-11']);
    expect(gateway.session.ended).toBe(false);
  });

  it('B-silent-refresh: an answer that a tab has lost is got by another with the same cookie', async () => {
    const [one, other] = await twoTabs();
    gateway.session.expire();
    gateway.session.beforeAnswer = (response, nth) => nth > 1 || (response.destroy(), false);
    await Promise.all([one.me(), other.me()]);
    expect(gateway.session.presented).toEqual(['refresh-10', 'refresh-10']);
    expect(gateway.session.ended).toBe(false);
  });

  it('B-silent-refresh: news of a refresh are taken though it was asked for in the millisecond of the sign-in, and once', async () => {
    browser.standStillAt(Date.now());
    const [one, other] = await twoTabs();
    const heard: string[] = [];
    other.session.on('refreshed', ({ id }) => heard.push(id));
    await one.refresh();
    await one.refresh();
    await until('the news', () => heard.length === 2);
    expect(await other.session.token()).toBe(await one.session.token());
    expect(gateway.count(REFRESH)).toBe(2);
  });

  it('B-silent-refresh: a tab that refreshes once more at once does not wait for itself as for another tab', async () => {
    const [one] = await twoTabs();
    await one.refresh();
    await one.refresh();
    expect([gateway.count(REFRESH), browser.locks.answers]).toEqual([2, { granted: 2, refused: 0 }]);
  });

  it('B-silent-refresh: news of a refresh are taken after the clock was set back', async () => {
    const [one, other] = await twoTabs();
    browser.skewMs -= 3_600_000;
    await one.me();
    expect((await other.me()).id).toBe('person-1');
    expect(await other.session.token()).toBe(await one.session.token());
    expect(gateway.count(REFRESH)).toBe(1);
  });

  it('B-silent-refresh: a sign-out is told to every tab, and a sign-in, too', async () => {
    const [one, other] = await twoTabs();
    const told: string[] = [];
    other.session.on('signed_out', ({ code }) => told.push(code));
    other.session.on('signed_in', ({ id }) => told.push(id));
    await one.logout();
    await until('the news', () => told.length === 1);
    await expect(other.me()).rejects.toMatchObject({ name: 'SignedOutError', code: 'elsewhere' });
    gateway.session.person = 'person-2';
    await one.login(WHO);
    await until('the news', () => told.length === 2);
    expect(told).toEqual(['elsewhere', 'person-2']);
    expect((await other.me()).id).toBe('person-2');
    expect(gateway.count(REFRESH)).toBe(0);
  });

  it('B-silent-refresh: news of a refresh that was under way brings a signed-out tab no token back', async () => {
    const [one, other] = await twoTabs();
    gateway.session.expire();
    let answer!: () => void;
    gateway.session.beforeAnswer = () => new Promise((resolve) => (answer = () => resolve(true)));
    const late = one.me();
    late.catch(() => undefined);
    await until('the refresh', () => gateway.count(REFRESH) === 1);
    await other.logout();
    answer();
    await expect(late).rejects.toMatchObject({ name: 'SignedOutError' });
    await pause(100);
    expect([one.session.user, other.session.user]).toEqual([undefined, undefined]);
  });

  it('R-SE10: tabs tell each other no refresh token, and the page has none', async () => {
    const heard: string[] = [];
    const { platform, fetch } = browser.tab();
    const channel = platform.channel!;
    const listening = (name: string) => {
      const opened = channel(name)!;
      const post = opened.postMessage.bind(opened);
      opened.postMessage = (message) => {
        heard.push(JSON.stringify(message));
        post(message);
      };
      return opened;
    };
    const store = {
      token: 'x' as string | undefined,
      load: async () => store.token,
      save: async (t?: string) => void (store.token = t),
    };
    gateway.session.delivery = 'body';
    const client = new GatehouseClient({
      baseUrl: gateway.url,
      delivery: 'body',
      store,
      fetch,
      platform: { ...platform, channel: listening },
    });
    tabs.push(client);
    await client.login(WHO);
    await client.refresh();
    expect(heard).toHaveLength(2);
    expect(heard.join()).not.toContain('refresh-1');
  });
});
