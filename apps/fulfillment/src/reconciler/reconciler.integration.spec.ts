import {
  ListReconciliations,
  ReadReconciliation,
  StartReconciliation,
  Unavailable,
  type Reconciliation,
  type StartReconciliationRequest,
} from '#contracts';
import { Metrics } from '#boot';
import { eventually } from '../../test/eventually.js';
import { SECRETS, World } from '../../test/world.js';
import { StorefrontProbes } from '../storefronts/storefront-probes.service.js';
import { StorefrontsService } from '../storefronts/storefronts.service.js';
import { DriftFinder } from './drift-finder.js';
import { ReconcilerWorker } from './reconciler-worker.js';
import { ReconciliationsRepository } from './reconciliations.repository.js';

describe('the reconciler', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
    await eventually(async () => (await scheduled('done')).length === 2);
  }, 60_000);
  afterAll(() => world?.stop());
  beforeEach(() => world.reset());

  const scheduled = (state: string) =>
    world.database.query<{ kind: string }>(
      "select kind from reconciliations where kind <> 'asked' and state = $1 order by kind",
      [state],
    );
  const sell = (body: object = {}) => world.control('sales', { email: 'ada@example.com', ping: false, ...body });
  const reconcile = async (request: StartReconciliationRequest = {}): Promise<Reconciliation> => {
    const { id } = await world.bus.send(StartReconciliation, request);
    const done = await eventually(async () => {
      const run = await world.bus.send(ReadReconciliation, { id });
      return run.state === 'done' ? run : undefined;
    });
    await world.quiet();
    return done;
  };
  const restart = async (): Promise<void> => {
    await world.stopFulfillment();
    await world.startFulfillment();
  };
  const found = (run: Reconciliation) => run.drift.map(({ kind, order_id }) => [kind, order_id]);

  it('G18: without a single ping every sale of three pages becomes its license and one mail; again finds nothing', async () => {
    const sales: string[] = [];
    for (let n = 0; n < 23; n++) sales.push((await sell({ email: `b${n}@example.com` })).sale_id);
    const run = await reconcile();
    expect(run.stores).toEqual([expect.objectContaining({ store: 'gumroad', orders: 23, error: null })]);
    expect(found(run).sort()).toEqual(sales.map((id) => ['not_recorded', id]).sort());
    for (const id of sales) expect(world.book.ofOrder(id)).toMatchObject({ status: 'active' });
    expect(world.mail.inbox.list('b7@example.com')).toHaveLength(1);
    const events = await world.database.query(
      "select distinct resource_name, state from storefront_events where store = 'gumroad'",
    );
    expect(events).toEqual([{ resource_name: 'reconciled', state: 'processed' }]);
    expect((await reconcile()).drift).toEqual([]);
    expect(world.book.mints).toBe(23);
  });

  it('G18 G10: refunds and disputes that nobody has told take licenses out of force, and back', async () => {
    const [refunded, disputed] = [await sell(), await sell({ email: 'bob@example.com' })];
    await reconcile();
    await world.control(`sales/${refunded.sale_id}/refund`, { ping: false });
    await world.control(`sales/${disputed.sale_id}/dispute`, { ping: false });
    expect(found(await reconcile()).sort()).toEqual(
      [refunded, disputed].map(({ sale_id }) => ['differs', sale_id]).sort(),
    );
    expect(world.book.ofOrder(refunded.sale_id)).toMatchObject({ status: 'revoked' });
    expect(world.book.ofOrder(disputed.sale_id)).toMatchObject({ status: 'suspended' });
    await world.control(`sales/${disputed.sale_id}/dispute_won`, { ping: false });
    await reconcile();
    expect(world.book.ofOrder(disputed.sale_id)).toMatchObject({ status: 'active' });
  });

  it('G18 G9: the end of a subscription that nobody has told takes its license out of force', async () => {
    const { sale_id } = await sell({ subscription_id: 'sub-1', subscription_duration: 'monthly' });
    await reconcile();
    await world.control('subscriptions/sub-1/end', { ping: false, reason: 'failed_payment' });
    expect(Date.parse(world.book.ofOrder(sale_id)!.expires_at)).toBeGreaterThan(Date.now());
    await reconcile();
    expect(Date.parse(world.book.ofOrder(sale_id)!.expires_at)).toBeLessThanOrEqual(Date.now());
  });

  it('a dry run tells and changes nothing', async () => {
    const { sale_id } = await sell();
    expect(found(await reconcile({ mode: 'dry_run' }))).toEqual([['not_recorded', sale_id]]);
    expect(world.book.ofOrder(sale_id)).toBeUndefined();
    expect(await world.database.query('select 1 from storefront_events')).toEqual([]);
  });

  it('drift: a license that is in force though its order is refunded is told of, and revoked', async () => {
    const { sale_id } = await sell();
    await reconcile();
    await world.control(`sales/${sale_id}/refund`, { ping: false });
    await reconcile();
    world.book.ofOrder(sale_id)!.status = 'active';
    expect(found(await reconcile())).toEqual([['licensed_though_refunded', sale_id]]);
    expect(world.book.ofOrder(sale_id)).toMatchObject({ status: 'revoked' });
  });

  it('drift: a paid sale without a license is told of, and gets one', async () => {
    const { sale_id } = await sell();
    await reconcile();
    world.book.reset();
    await world.database.query('update orders set license_key = null');
    expect(found(await reconcile())).toEqual([['sold_without_license', sale_id]]);
    expect(world.book.ofOrder(sale_id)).toMatchObject({ status: 'active' });
  });

  it('drift: mail that bounced is told of, and sent once more only by a repair', async () => {
    const email = 'ida@example.com';
    const { sale_id } = await sell({ email });
    await reconcile();
    const { license_key } = world.book.ofOrder(sale_id)!;
    const bounced = [{ kind: 'mail_bounced', license_key }];
    // The mail is made by the license's own event, after the order is settled.
    await eventually(() => world.mail.inbox.list(email)[0]);
    await world.quiet();
    // A license of the test before may still be on its way into the same outbox.
    await world.database.query("update mail_outbox set state = 'bounced' where license_key = $1", [license_key]);
    expect((await reconcile()).drift).toMatchObject(bounced);
    expect(world.mail.inbox.list(email)).toHaveLength(1);
    expect((await reconcile({ mode: 'repair' })).drift).toMatchObject(bounced);
    expect(world.mail.inbox.list(email)).toHaveLength(2);
  });

  it('drift: many of a kind are all counted, and those that stay keep none behind them from being seen', async () => {
    const { sale_id } = await sell();
    await reconcile();
    await world.database.query(
      `insert into orders (id, store, order_id, email, product, standing, snapshot)
       select ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, store, 'unmapped-' || n, email, product,
         'unmapped', snapshot from orders, generate_series(1, 1100) n`,
    );
    await world.database.query('update orders set license_key = null');
    const run = await reconcile({ mode: 'dry_run' });
    expect([run.drifted, run.drift.length]).toEqual([1_101, 1_000]);
    expect(world.book.ofOrder(sale_id)).toMatchObject({ status: 'active' });
    await world.database.query("delete from orders where order_id like 'unmapped-%'");
  });

  it('G18: the metrics say whether a store can be asked, also when that changes', async () => {
    const probes = world.get(StorefrontProbes);
    const gumroad = world.get(StorefrontsService).of('gumroad');
    const said = async () => (await world.get(Metrics).registry.metrics()).match(/^gatehouse_storefront_up.*$/m)?.[0];
    world.shop.shop.break({ status: 503, hang: false, left: Number.POSITIVE_INFINITY });
    expect([await probes.probe(gumroad), await said()]).toEqual([false, 'gatehouse_storefront_up{store="gumroad"} 0']);
    world.shop.shop.break(undefined);
    expect([await probes.probe(gumroad), await said()]).toEqual([true, 'gatehouse_storefront_up{store="gumroad"} 1']);
    const told = world.logLines.filter((line) => line.includes('the store gumroad'));
    expect(told).toHaveLength(2);
  });

  it('G18: deleted resource subscriptions and a store that cannot be asked are reported', async () => {
    expect((await reconcile()).stores[0]!.silent).toBe('');
    const { subscriptions } = world.shop.shop;
    const gone = [...subscriptions.values()].filter((s) => ['refund', 'dispute'].includes(s.resource_name));
    for (const { id } of gone) subscriptions.delete(id);
    expect((await reconcile()).stores[0]!.silent).toBe('refund dispute');
    for (const one of gone) subscriptions.set(one.id, one);
    world.shop.shop.break({ status: 401, hang: false, left: Number.POSITIVE_INFINITY });
    const broken = await reconcile();
    expect(broken.stores[0]!.error).toContain('is the access token right?');
  });

  it('G18: a repair asks for lost notifications again, also for those that would come with an old secret', async () => {
    const { subscriptions } = world.shop.shop;
    const of = (name: string) => [...subscriptions.values()].filter((s) => s.resource_name === name);
    subscriptions.delete(of('refund')[0]!.id);
    of('dispute')[0]!.post_url = 'https://accounts.example.com/webhooks/gumroad/secret-of-last-year';
    expect((await reconcile({ mode: 'repair' })).stores[0]).toMatchObject({ silent: '', resumed: 'refund dispute' });
    const url = `https://accounts.example.com/webhooks/gumroad/${SECRETS.current}`;
    expect(of('refund').map((s) => s.post_url)).toEqual([url]);
    expect(of('dispute').map((s) => s.post_url)).toContain(url);
    expect((await reconcile()).stores[0]).toMatchObject({ silent: '' });
  });

  it('drift: a sale that is paid after all, though its license was revoked, is told of and left to a person', async () => {
    const { sale_id } = await sell();
    await reconcile();
    await world.control(`sales/${sale_id}/refund`, { ping: false });
    await reconcile();
    Object.assign(world.shop.shop.sales.get(sale_id)!, { refunded: false, partially_refunded: false });
    for (const _ of [1, 2]) expect(found(await reconcile())).toEqual([['paid_though_revoked', sale_id]]);
    expect(world.book.ofOrder(sale_id)).toMatchObject({ status: 'revoked' });
    const parked = await world.database.query("select error from storefront_events where state = 'parked'");
    expect(parked).toEqual([{ error: expect.stringContaining('paid after all') }]);
  });

  it('one comparison is made at a time, whichever replica asks, and there is always a next one', async () => {
    expect((await scheduled('queued')).map((row) => row.kind)).toEqual(['nightly', 'recent']);
    await world.database.query(
      "insert into reconciliations (kind, mode, since, due_at) select 'asked', 'dry_run', current_date, now() + interval '1 hour' from generate_series(1, 5)",
    );
    const runs = world.get(ReconciliationsRepository);
    // Its own worker would make one of them, and might be done with it before we look.
    await world.get(ReconcilerWorker).onApplicationShutdown();
    await world.database.query("update reconciliations set due_at = now() where kind = 'asked' and state = 'queued'");
    const claimed = await Promise.all([1, 2, 3, 4, 5].map(() => runs.claim(60_000)));
    const open = await world.database.query(
      "select 1 from reconciliations where state = 'queued' and lease_until > now()",
    );
    expect(claimed.flat()).toHaveLength(1);
    expect(open).toHaveLength(1);
    await world.database.query("delete from reconciliations where kind = 'asked'");
    await restart();
  });

  it('a comparison that a replica leaves when it stops is begun anew at once, not when its lease runs out', async () => {
    const [finder, worker] = [world.get(DriftFinder), world.get(ReconcilerWorker)];
    let stopping: Promise<void> | undefined;
    jest.spyOn(finder, 'inBooks').mockImplementationOnce(async function* () {
      stopping = worker.onApplicationShutdown();
      yield [];
    });
    const { id } = await world.bus.send(StartReconciliation, {});
    await eventually(() => stopping !== undefined);
    await stopping;
    const [left] = await world.database.query(
      'select lease_until, due_at <= now() as due from reconciliations where id = $1',
      [id],
    );
    expect(left).toEqual({ lease_until: null, due: true });
    await restart();
    await eventually(async () => (await world.bus.send(ReadReconciliation, { id })).state === 'done');
  });

  it('a comparison for which something is away is begun anew soon, not when its lease runs out', async () => {
    jest.spyOn(world.get(DriftFinder), 'inBooks').mockImplementationOnce(() => {
      throw Unavailable.with();
    });
    const { id } = await world.bus.send(StartReconciliation, {});
    await eventually(async () => (await world.bus.send(ReadReconciliation, { id })).state === 'done');
  });

  it('G18: comparisons are looked up newest first, by kind and by whether they found something; what they found is read by id', async () => {
    const { sale_id } = await sell();
    const [drifted, quiet] = [await reconcile(), await reconcile()];
    const asked = await world.bus.send(ListReconciliations, { kind: 'asked', limit: 1 });
    expect(asked.reconciliations).toEqual([expect.objectContaining({ id: quiet.id, drifted: 0, state: 'done' })]);
    const rest = await world.bus.send(ListReconciliations, { kind: 'asked', cursor: asked.next_cursor! });
    expect(rest.reconciliations[0]).toMatchObject({ id: drifted.id, drifted: 1, stores: drifted.stores });
    const telling = await world.bus.send(ListReconciliations, { drifted: true });
    expect(telling.reconciliations[0]).toMatchObject({ id: drifted.id });
    expect(found(await world.bus.send(ReadReconciliation, { id: drifted.id }))).toEqual([['not_recorded', sale_id]]);
    const nightly = await world.bus.send(ListReconciliations, { kind: 'nightly' });
    expect(new Set(nightly.reconciliations.map(({ state }) => state))).toEqual(new Set(['queued', 'done']));
  });

  it('a day that is none is refused', async () => {
    await expect(world.bus.send(StartReconciliation, { since: '2026-02-30' })).rejects.toMatchObject({
      code: 'validation_failed',
    });
  });
});
