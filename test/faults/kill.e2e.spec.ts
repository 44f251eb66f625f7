import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { decodeJwt } from 'jose';
import { eventually } from '../support/eventually.js';
import { answered, call } from '../support/http.js';
import { startStack, type Stack } from '../support/index.js';
import {
  deliveries,
  internal,
  me,
  messageIdOf,
  newcomer,
  pingUntilTaken,
  refresh,
  register,
  sell,
} from '../support/people.js';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ durable: true });
}, 120_000);
afterAll(() => stack.stop());

const licensesOf = async (email: string): Promise<{ status: string }[]> => {
  const path = `/internal/licenses?email=${encodeURIComponent(email)}`;
  return (await answered(() => internal(stack.info, 'creator-cli', 'GET', path))).body.licenses;
};

/** What died held leases and events for up to half a minute, and has to start again. */
const PATIENCE_MS = 120_000;

/** Mails to an address as its program shows them: one that was sent again, as its note was lost, is the same. */
const mailsSeen = async (email: string): Promise<Set<string>> =>
  new Set(await Promise.all((await deliveries(stack.info, email)).map((mail) => messageIdOf(stack.info, mail))));

const ping = (members: Record<string, string>) =>
  call('POST', `${stack.info.public_url}/webhooks/gumroad/${stack.info.gumroad.webhook_secret}`, { form: members });

/** Nothing that was sold is still on its way. */
const settled = (saleId: string) =>
  eventually('the pings to be worked on', PATIENCE_MS, async () => {
    const path = `/internal/storefront-events?sale_id=${encodeURIComponent(saleId)}`;
    const { status, body } = await internal(stack.info, 'creator-cli', 'GET', path);
    if (status !== 200 || !body.events.length) return undefined;
    return body.events.every((e: { state: string }) => e.state !== 'pending') ? true : undefined;
  });

/** Freezes or thaws Postgres whole: the server first, so that it makes no more, and the process of each connection. */
function signalPostgres(signal: 'SIGSTOP' | 'SIGCONT'): void {
  const parentOf = (pid: number): number =>
    Number(/PPid:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, { encoding: 'utf8' }))?.[1]);
  process.kill(stack.postgresPid, signal);
  for (const pid of fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)) {
    try {
      if (parentOf(pid) === stack.postgresPid) process.kill(pid, signal);
    } catch {
      // It has ended meanwhile.
    }
  }
}

const running = (app: string) =>
  eventually(`${app} to be back`, PATIENCE_MS, async () => (stack.pid(app) === undefined ? undefined : true));

describe('a process that is killed', () => {
  it.each(['fulfillment', 'licensing', 'secrets'])(
    'D-once H9: %s dies in the middle of ten sales, and each ends in one license and one mail',
    async (app) => {
      const buyers = Array.from({ length: 10 }, () => newcomer('quill').email);
      const sales = buyers.map((email) => sell(stack.info, { email, product_permalink: 'core' }));
      // At the first sale that is through, others are somewhere on the way.
      await sales[0];
      stack.kill(app);
      const ids = await Promise.all(sales);
      await running(app);
      // What the store was told 503 for it tells again; here it does so at once.
      await Promise.all(ids.map((sale_id) => pingUntilTaken(stack.info, sale_id)));
      for (const buyer of buyers) {
        await eventually('the mail', PATIENCE_MS, async () => (await deliveries(stack.info, buyer))[0]);
      }
      for (const id of ids) await settled(id);
      for (const buyer of buyers) {
        expect(await licensesOf(buyer)).toHaveLength(1);
        expect((await mailsSeen(buyer)).size).toBe(1);
      }
    },
    400_000,
  );

  it('R-RF5 R-RF4: identity dies during twenty refreshes; who asks again is still signed in, and there is one successor', async () => {
    const who = await register(stack.info);
    const first = Array.from({ length: 20 }, () => refresh(stack.info, who.refreshToken));
    stack.kill('identity');
    await Promise.allSettled(first);
    await running('identity');
    const again = await eventually('an answer', PATIENCE_MS, async () => {
      const answer = await refresh(stack.info, who.refreshToken);
      return answer.status === 503 ? undefined : answer;
    });
    expect(again.status).toBe(200);
    const successors = await Promise.all([1, 2, 3].map(() => refresh(stack.info, who.refreshToken)));
    expect(successors.map((s) => s.body.refresh_token)).toEqual(Array(3).fill(again.body.refresh_token));
    expect((await me(stack.info, again.body.access_token)).status).toBe(200);
  }, 300_000);

  it('F-plan-change F-producers: licensing dies behind the 202 of a plan change, which still comes to pass, once', async () => {
    const who = await register(stack.info);
    const change = { event_id: randomUUID(), user_id: who.userId, plan: 'pro', effective_at: new Date().toISOString() };
    const taken = await internal(stack.info, 'billing', 'POST', '/internal/billing/plan-changes', change);
    stack.kill('licensing');
    expect(taken.status).toBe(202);
    const next = await eventually('the plan in the next tokens', PATIENCE_MS, async () => {
      const { status, body } = await refresh(stack.info, who.refreshToken);
      if (status === 200) who.refreshToken = body.refresh_token;
      const plan = body.license_token && decodeJwt(body.license_token).plan;
      // The row is read before the token is made: in between the plan may change.
      return plan === 'pro' && body.user.plan === 'pro' ? body : undefined;
    });
    expect(next.user.plan).toBe('pro');
  }, 300_000);
});

describe('a database that does not answer', () => {
  it('G16 REL8: a ping is 503 while nothing can be stored, and the sale goes through afterwards', async () => {
    const buyer = newcomer().email;
    const saleId = await sell(stack.info, { email: buyer, product_permalink: 'pro', ping: false });
    signalPostgres('SIGSTOP');
    try {
      const { status, headers } = await ping({ sale_id: saleId, email: buyer, product_permalink: 'pro' });
      expect(status).toBe(503);
      expect(headers.get('retry-after')).toMatch(/^\d+$/);
    } finally {
      signalPostgres('SIGCONT');
    }
    await pingUntilTaken(stack.info, saleId);
    await eventually('the mail', PATIENCE_MS, async () => (await deliveries(stack.info, buyer))[0]);
    expect(await licensesOf(buyer)).toHaveLength(1);
  }, 300_000);
});

describe('a broker that is stopped', () => {
  it('REL10: commands are 503 while it is frozen, and answered again afterwards', async () => {
    const who = await register(stack.info);
    expect((await me(stack.info, who.accessToken)).status).toBe(200);
    process.kill(stack.natsPid, 'SIGSTOP');
    try {
      expect((await me(stack.info, who.accessToken)).status).toBe(503);
    } finally {
      process.kill(stack.natsPid, 'SIGCONT');
    }
    await eventually('an answer', PATIENCE_MS, async () =>
      (await me(stack.info, who.accessToken)).status === 200 ? true : undefined,
    );
  }, 300_000);
});
