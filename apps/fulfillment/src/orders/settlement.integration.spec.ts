import fc from 'fast-check';
import { aWhile, eventually } from '../../test/eventually.js';
import { World } from '../../test/world.js';

describe('from a sale to a license and a mail', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  }, 60_000);
  afterAll(() => world?.stop());
  beforeEach(() => world.reset());

  const mailsTo = (address: string) => world.mail.inbox.list(address);
  const sell = (body: object = {}) => world.control('sales', { email: 'ada@example.com', ...body });
  const order = async (sale_id: string) => {
    const [row] = await world.database.query<{ standing: string; license_key: string | null; email: string }>(
      'select standing, license_key, email from orders where order_id = $1',
      [sale_id],
    );
    return row;
  };
  const events = (sale_id: string) =>
    world.database.query<{ state: string; error: string | null }>(
      'select state, error from gumroad_events where sale_id = $1 order by id',
      [sale_id],
    );

  it('D-webhook D-delivery: a sale is in the buyer’s inbox as a license, blob in the text and attached', async () => {
    const { sale_id, pings } = await sell({ email: 'Ada@example.com', full_name: 'Ada Lovelace' });
    expect(pings).toEqual([expect.objectContaining({ status: 200 })]);
    const mail = await eventually(() => mailsTo('ada@example.com')[0]);
    const license = world.book.ofOrder(sale_id)!;
    expect(license).toMatchObject({ tier: 'pro', name: 'Ada Lovelace', email: 'Ada@example.com', status: 'active' });
    expect(mail.text).toContain(license.blob);
    expect(mail.html).toContain(license.blob);
    expect(mail.attachments).toEqual([
      { filename: 'license.dtlic', content_base64: Buffer.from(license.blob).toString('base64') },
    ]);
    await world.quiet();
    expect(await world.told('fulfillment.order.settled')).toEqual([
      { store: 'gumroad', order_id: sale_id, standing: 'paid', license_key: license.license_key },
    ]);
  });

  it.each(['lite', 'core', 'pro', 'enterprise'])(
    'a sale of %s makes a license of that tier for a year',
    async (tier) => {
      const { sale_id } = await sell({ product_permalink: tier });
      const license = await eventually(() => world.book.ofOrder(sale_id));
      expect(license.tier).toBe(tier);
      expect(new Date(license.expires_at).getUTCFullYear()).toBe(new Date(license.issued_at).getUTCFullYear() + 1);
    },
  );

  it('D-once G4: the same ping five times and twenty in parallel make one license and one mail', async () => {
    const { sale_id } = await sell();
    for (let i = 0; i < 5; i++) await world.control(`sales/${sale_id}/ping`, { retry_count: i });
    await world.control(`sales/${sale_id}/ping`, { times: 20 });
    await eventually(() => mailsTo('ada@example.com')[0]);
    await world.quiet();
    await aWhile();
    expect(world.book.mints).toBe(1);
    expect(mailsTo('ada@example.com')).toHaveLength(1);
    const states = await world.database.query('select state, count(*)::int from gumroad_events group by state');
    expect(states).toEqual([{ state: 'processed', count: 26 }]);
    expect(await world.database.query('select count(*)::int as n from orders')).toEqual([{ n: 1 }]);
  });

  it('D-once: a refund that arrives before its sale ends in no license and no mail', async () => {
    const { sale_id } = await sell({ ping: false });
    await world.control(`sales/${sale_id}/refund`);
    await world.control(`sales/${sale_id}/ping`);
    await world.quiet();
    await aWhile();
    expect(world.book.mints).toBe(0);
    expect(mailsTo('ada@example.com')).toEqual([]);
    expect(await order(sale_id)).toMatchObject({ standing: 'refunded', license_key: null });
  });

  it('D-once: a refund while the license is being minted ends in a revoked license and no mail that works', async () => {
    world.book.beforeMint = async () => {
      world.book.beforeMint = () => Promise.resolve();
      const [sale] = world.shop.shop.sales.values();
      await world.control(`sales/${sale!.id}/refund`);
    };
    const { sale_id } = await sell();
    await eventually(() => world.book.ofOrder(sale_id)?.status === 'revoked');
    await world.quiet();
    expect(await order(sale_id)).toMatchObject({ standing: 'refunded' });
    expect(mailsTo('ada@example.com').length).toBeLessThanOrEqual(1);
  });

  it('G2: a ping of a made-up sale mints nothing and is parked', async () => {
    await world.ping('sale_id=AAAAAAAAAAAAAAAAAAAAAA%3D%3D&resource_name=sale&email=eve%40example.com&product_id=x');
    await world.quiet();
    expect(world.book.mints).toBe(0);
    expect(await events('AAAAAAAAAAAAAAAAAAAAAA==')).toEqual([
      { state: 'parked', error: 'The store knows no such order.' },
    ]);
    expect(await world.database.query('select 1 from orders')).toEqual([]);
  });

  it('G3: a forged ping changes nothing, the license follows the API’s address and product', async () => {
    const { sale_id } = await sell({ ping: false, product_permalink: 'lite' });
    const fields = { email: 'eve@example.com', permalink: 'enterprise', product_id: 'x', price: 0, quantity: 99 };
    await world.control(`sales/${sale_id}/ping`, { fields: { ...fields, short_product_id: 'enterprise' } });
    await eventually(() => mailsTo('ada@example.com')[0]);
    expect(world.book.ofOrder(sale_id)).toMatchObject({ email: 'ada@example.com', tier: 'lite' });
    expect(mailsTo('eve@example.com')).toEqual([]);
  });

  it('G3: a custom field labelled email does not turn the mail around', async () => {
    await sell({ custom_fields: { email: 'eve@example.com' } });
    await eventually(() => mailsTo('ada@example.com')[0]);
    expect(mailsTo('eve@example.com')).toEqual([]);
  });

  it('G6: a partial refund takes nothing, the full one after it revokes', async () => {
    const { sale_id } = await sell();
    await eventually(() => mailsTo('ada@example.com')[0]);
    await world.control(`sales/${sale_id}/refund`, { partial: true });
    await world.quiet();
    expect(world.book.ofOrder(sale_id)!.status).toBe('active');
    await world.control(`sales/${sale_id}/refund`);
    await world.quiet();
    expect(world.book.ofOrder(sale_id)).toMatchObject({ status: 'revoked', revoked_reason: 'refunded' });
  });

  it('G7: a test ping of a real sale, or one without a resource name, makes neither license nor mail', async () => {
    const { sale_id } = await sell({ ping: false });
    await world.control(`sales/${sale_id}/ping`, { test: true });
    await world.control(`sales/${sale_id}/ping`, { test: true, content_type: 'json' });
    await world.control(`sales/${sale_id}/ping`, { fields: { resource_name: '' } });
    await world.control(`sales/${sale_id}/ping`, { fields: { test: true } });
    await world.quiet();
    expect((await events(sale_id)).map((e) => e.state)).toEqual(Array(4).fill('processed'));
    expect(world.book.mints).toBe(0);
  });

  it('G10: a dispute suspends, winning it restores, a refund after that revokes', async () => {
    const { sale_id } = await sell();
    await eventually(() => mailsTo('ada@example.com')[0]);
    const seen: string[] = [];
    for (const what of ['dispute', 'dispute_won', 'refund']) {
      await world.control(`sales/${sale_id}/${what}`);
      await world.quiet();
      seen.push(world.book.ofOrder(sale_id)!.status);
    }
    expect(seen).toEqual(['suspended', 'active', 'revoked']);
    expect(mailsTo('ada@example.com')).toHaveLength(1);
  });

  it('G12: a pre-order authorization mints nothing', async () => {
    const { sale_id } = await sell({ is_preorder_authorization: true });
    await world.quiet();
    expect(world.book.mints).toBe(0);
    expect(await order(sale_id)).toMatchObject({ standing: 'unpaid' });
  });

  it('G15: a sale of an unmapped product is kept and parked; once it is mapped, it is fulfilled', async () => {
    const { sale_id, pings } = await sell({ product_permalink: 'poster' });
    expect(pings[0]!.status).toBe(200);
    await world.quiet();
    expect(await order(sale_id)).toMatchObject({ standing: 'unmapped', license_key: null });
    expect(await events(sale_id)).toEqual([{ state: 'parked', error: expect.stringContaining('poster') }]);
    expect(world.book.mints).toBe(0);
    const productsFile = `${__dirname}/../../test/products-with-poster.yaml`;
    await world.stopFulfillment();
    await world.startFulfillment({ productsFile });
    await eventually(() => mailsTo('ada@example.com')[0]);
    await world.quiet();
    expect(await events(sale_id)).toEqual([{ state: 'processed', error: null }]);
    await world.stopFulfillment();
    await world.startFulfillment();
  });

  it('G5: every order and duplication of pings ends as the store tells it at the end', async () => {
    const change = fc.constantFrom('sale', 'partial', 'refund', 'dispute', 'dispute_won');
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), fc.boolean(), async (changes, early) => {
        const { sale_id } = await sell({ ping: early });
        // What happened in the shop comes first; what was told of it comes in any order, several times over.
        for (const what of changes.filter((c) => c !== 'sale')) {
          const [path, body] = what === 'partial' ? ['refund', { partial: true }] : [what, {}];
          await world.control(`sales/${sale_id}/${path}`, { ...body, ping: false });
        }
        const told = [...changes, 'sale'].map((c) => ({ resource_name: c === 'partial' ? 'refund' : c, times: 2 }));
        await Promise.all(told.map((t) => world.control(`sales/${sale_id}/ping`, t)));
        await world.quiet();
        const { refunded, disputed, dispute_won } = world.shop.shop.sales.get(sale_id)!;
        const standing = refunded ? 'refunded' : disputed && !dispute_won ? 'disputed' : 'paid';
        expect(await order(sale_id)).toMatchObject({ standing });
        const inForce = world.book.ofOrder(sale_id)?.status === 'active';
        expect(inForce).toBe(standing === 'paid');
      }),
      { numRuns: 25 },
    );
  }, 180_000);

  it('G19 D-pii: no address, no name, no blob and no secret is in the log of any of this', async () => {
    const { sale_id } = await sell({ email: 'secret.person@example.com', full_name: 'Persephone Unlikely' });
    await eventually(() => mailsTo('secret.person@example.com')[0]);
    const { blob } = world.book.ofOrder(sale_id)!;
    await world.ping('nonsense', 'wrong-secret-of-somebody').catch(() => undefined);
    await world.control('outage', { status: 500, times: 1 }).catch(() => undefined);
    await world.control(`sales/${sale_id}/refund`);
    world.mail.refusals.refuse('refused.person@example.com', 550);
    await sell({ email: 'refused.person@example.com' });
    await sell({ email: 'no address at all' });
    await world.quiet();
    const log = world.logLines.join('');
    expect(log).toContain('a mail was not taken');
    expect(log).toContain('an order could not be settled');
    const hidden = ['secret.person', 'refused.person', 'Persephone', 'Unlikely', blob, 'no address at all'];
    for (const text of [...hidden, 'secret-of-', 'token-of-the-store']) expect(log).not.toContain(text);
  });
});
