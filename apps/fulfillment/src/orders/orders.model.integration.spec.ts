import fc from 'fast-check';
import { Bus } from '#bus';
import type { Sale } from '../../../stand-ins/src/storefront/sale.js';
import { searches } from '../../../../test/support/nightly.js';
import { eventually } from '../../test/eventually.js';
import { World } from '../../test/world.js';
import { OrderBooks } from './order-books.js';
import { addMonths } from './paid-period.rules.js';
import { SettlementWorker } from './settlement-worker.js';

const RUNS = searches(8, 400);

class Killed extends Error {}

/** Kills the worker at chosen steps: before it asks licensing, before the answer arrives, or before it commits. */
class Killer {
  /** Tokens of the leases that dead workers hold. */
  readonly dead: string[] = [];
  deaths = 0;
  private step = 0;
  private at = new Set<number>();

  constructor(world: World) {
    const [bus, books] = [world.get(Bus), world.get(OrderBooks)];
    const [send, close, leave] = [bus.send.bind(bus), books.close.bind(books), books.leave.bind(books)];
    bus.send = async (...args: Parameters<typeof send>) => {
      this.mayDie();
      const answer = await send(...args);
      this.mayDie();
      return answer as never;
    };
    books.close = async (...args) => {
      this.mayDie();
      await close(...args);
      this.mayDie();
    };
    // Who is dead writes nothing about why: the lease stays until it runs out.
    books.leave = async (lease, events, leaving) => {
      if (leaving.why.includes('(Killed)')) this.dead.push(lease.token);
      else await leave(lease, events, leaving);
    };
  }

  from(steps: number[]): void {
    this.step = 0;
    this.at = new Set(steps);
  }

  private mayDie(): void {
    this.step += 1;
    if (!this.at.has(this.step)) return;
    this.deaths += 1;
    throw Object.assign(new Killed('Killed'), { name: 'Killed' });
  }
}

/** A day that every month has. */
const safeDay = (time: Date): Date => new Date(time.setUTCDate(Math.min(time.getUTCDate(), 28)));

interface Story {
  subscription: boolean;
  changes: { what: string; which: number }[];
  told: { resource: string; which: number; times: number }[];
  kills: number[];
}

const which = fc.nat(3);
const story: fc.Arbitrary<Story> = fc.record({
  subscription: fc.boolean(),
  changes: fc.array(
    fc.record({
      what: fc.constantFrom(
        'charge',
        'charge',
        'partial',
        'refund',
        'dispute',
        'dispute_won',
        'cancel',
        'end',
        'restart',
      ),
      which,
    }),
    { maxLength: 6 },
  ),
  told: fc.array(
    fc.record({
      resource: fc.constantFrom('sale', 'refund', 'dispute', 'dispute_won', 'cancellation', 'subscription_ended'),
      which,
      times: fc.integer({ min: 1, max: 3 }),
    }),
    { maxLength: 5 },
  ),
  kills: fc
    .tuple(fc.integer({ min: 1, max: 3 }), fc.array(fc.integer({ min: 2, max: 12 }), { maxLength: 3 }))
    .map(([first, more]) => [first, ...more]),
});

describe('orders, whatever is told of them and whenever the worker dies', () => {
  let world: World;
  let killer: Killer;
  let started: Date;
  let email = '';
  let told = 0;
  beforeAll(async () => {
    world = await World.start();
    killer = new Killer(world);
  }, 60_000);
  afterAll(() => world?.stop());

  const sales = (): Sale[] => [...world.shop.shop.sales.values()];
  const sale = (n: number): Sale => sales()[n % sales().length]!;
  const silent = { ping: false };

  /** What happens in the shop, of which nobody is told yet. */
  async function happen({ subscription, changes }: Story): Promise<void> {
    const wish = { email, product_permalink: 'pro', created_at: started.toISOString(), ...silent };
    await world.control('sales', { ...wish, ...(subscription && { subscription_id: 'sub==', recurrence: 'monthly' }) });
    for (const { what, which: n } of changes) {
      if (what === 'partial') await world.control(`sales/${sale(n).id}/refund`, { partial: true, ...silent });
      else if (['refund', 'dispute', 'dispute_won'].includes(what)) {
        await world.control(`sales/${sale(n).id}/${what}`, silent);
      } else if (subscription) {
        const created_at = addMonths(started, sales().length).toISOString();
        // Nobody is charged for what was cancelled.
        if (what === 'charge') await world.control('subscriptions/sub==/restart', silent);
        await world.control(`subscriptions/sub==/${what}`, { ...silent, ...(what === 'charge' && { created_at }) });
      }
    }
  }

  /** Notifications in any order, at the same time, several times over; of every order one at least. */
  async function tell({ subscription, told }: Story): Promise<void> {
    const some = told.map(({ resource, which: n, times }) => {
      const ofSale = ['sale', 'refund', 'dispute', 'dispute_won'].includes(resource);
      if (!ofSale && !subscription) return undefined;
      const path = ofSale ? `sales/${sale(n).id}/ping` : 'subscriptions/sub==/ping';
      return world.control(path, { resource_name: resource, times });
    });
    const all = sales().map(({ id }) => world.control(`sales/${id}/ping`, { resource_name: 'sale' }));
    await Promise.all([...some, ...all]);
  }

  /** Leases of dead workers run out; here they do so at once. */
  async function settle(): Promise<void> {
    await eventually(async () => {
      await world.database.query(
        "update order_work set lease_until = now() - interval '1 second' where lease_token = any($1::uuid[])",
        [killer.dead],
      );
      world.get(SettlementWorker).wake();
      await new Promise((resolve) => setTimeout(resolve, 40));
      return (await world.database.query('select 1 from order_work')).length === 0;
    });
  }

  /** What the shop's books say in the end. */
  function expected({ subscription }: Story) {
    const kept = sales().filter((s) => !s.refunded);
    if (kept.length === 0) return { status: 'revoked' };
    if (kept.some((s) => s.disputed && !s.dispute_won)) return { status: 'suspended' };
    if (!subscription) return { status: 'active' };
    const { cancelled_at } = world.shop.shop.subscribers.get('sub==')!;
    const paid = addMonths(started, sales().lastIndexOf(kept.at(-1)!) + 1);
    const isCut = cancelled_at && new Date(cancelled_at) < paid;
    return { status: 'active', until: isCut ? new Date(cancelled_at) : paid };
  }

  async function check(one: Story): Promise<void> {
    const { status, until } = expected(one);
    const licenses = [...world.book.licenses.values()];
    expect(licenses.length).toBeLessThanOrEqual(1);
    const [license] = licenses;
    // What is out of force, or over, when it is first heard of makes no license.
    if (status !== 'active' || (until && until <= new Date())) {
      if (license && status !== 'active') expect(license.status).toBe(status);
      else if (license) expect(Date.parse(license.expires_at)).toBe(until!.getTime());
    } else {
      expect(license?.status).toBe('active');
      if (until) expect(license!.expires_at).toBe(until.toISOString());
    }
    const rows = await world.database.query<{ license_key: string | null }>('select license_key from orders');
    expect(rows).toHaveLength(sales().length);
    expect(new Set(rows.map((row) => row.license_key))).toEqual(new Set([license?.license_key ?? null]));
    expect(world.mail.inbox.list(email).length).toBeLessThanOrEqual(1 + (until ? sales().length : 0));
    expect(await world.database.query("select 1 from storefront_events where state <> 'processed'")).toEqual([]);
  }

  it(
    `G5 D-once: ${RUNS} stories told in any order, several times over, end as the store tells them at the end`,
    async () => {
      await fc.assert(
        fc.asyncProperty(story, async (one) => {
          killer.from([]);
          await world.reset();
          started = safeDay(new Date());
          email = `ada${(told += 1)}@example.com`;
          await happen(one);
          killer.from(one.kills);
          await tell(one);
          await settle();
          await check(one);
        }),
        { numRuns: RUNS, endOnFailure: true },
      );
    },
    20_000 + RUNS * 5_000,
  );
});
