import { ListStorefrontEvents, RecordStorefrontEvent, ReplayStorefrontEvent } from '#contracts';
import { eventually } from '../../test/eventually.js';
import { severable } from '../../../../test/support/severable.js';
import { SECRETS, World } from '../../test/world.js';

describe('the inbox of pings', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  }, 60_000);
  afterAll(() => world?.stop());
  beforeEach(() => world.reset());

  const rows = () =>
    world.database.query<{
      raw: Buffer;
      content_type: string;
      state: string;
      error: string | null;
      sale_id: string | null;
    }>('select raw, content_type, state, error, sale_id from gumroad_events order by id');

  it.each([
    ['wrong', 'current-secret-of-the-pinh'],
    ['empty', ''],
    ['absent', undefined],
  ])('G1: a ping with a secret that is %s is refused and leaves no row', async (_, secret) => {
    const asked = world.bus.send(RecordStorefrontEvent, {
      store: 'gumroad',
      ...(secret ? { secret } : {}),
      content_type: 'application/json',
      body: '',
    });
    await expect(asked).rejects.toMatchObject({ code: 'webhook_unauthenticated', kind: 'unauthenticated' });
    expect(await rows()).toEqual([]);
  });

  it('G1: the current and the previous secret work while they are changed', async () => {
    await world.ping('a=1', SECRETS.current);
    await world.ping('b=2', SECRETS.previous);
    expect(await rows()).toHaveLength(2);
  });

  const ids = Array.from({ length: 150 }, (_, i) => `purchase_ids%5B%5D=purchase${i}%3D%3D`).join('&');
  const bodies: [string, string | Buffer, string][] = [
    ['an empty body', '', 'application/x-www-form-urlencoded'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28]), 'application/octet-stream'],
    ['JSON cut short', '{"sale_id": "abc', 'application/json'],
    ['a JSON array', '[1,2]', 'application/json'],
    ['JSON with __proto__ members', '{"__proto__":{"resource_name":"sale","sale_id":"x"}}', 'application/json'],
    [
      'a form with __proto__ names',
      '__proto__%5Bresource_name%5D=sale&__proto__=x',
      'application/x-www-form-urlencoded',
    ],
    ['a subscription without purchases', 'resource_name=cancellation', 'application/x-www-form-urlencoded'],
    [
      'names with brackets and signs',
      'a%5Bb%26c%3Dd%2B%5D=1&=&==&&resource_name=',
      'application/x-www-form-urlencoded',
    ],
    ['a sale id that cannot be one', 'resource_name=sale&sale_id=%00%27;--', 'application/x-www-form-urlencoded'],
    ['a resource nobody knows', 'resource_name=constructor&sale_id=abc', 'application/x-www-form-urlencoded'],
    ['200 KiB of one field', `resource_name=${'x'.repeat(200 * 1024)}`, 'text/plain'],
  ];
  it.each(bodies)('G17: %s is kept byte for byte and parked', async (_, body, type) => {
    await world.ping(body, SECRETS.current, type);
    const [row] = await rows();
    expect(row).toMatchObject({ content_type: type, state: 'parked', error: expect.any(String), sale_id: null });
    expect(row!.raw.equals(Buffer.from(body))).toBe(true);
  });

  it.each([
    ['a form', ids, 'application/x-www-form-urlencoded'],
    ['JSON', JSON.stringify({ purchase_ids: ['purchase0=='], resource_name: 'cancellation' }), 'application/json'],
  ])('G17: a subscription is looked up by one of its purchases, told by %s', async (_, body, type) => {
    await world.ping(type.endsWith('json') ? body : `resource_name=cancellation&${body}`, SECRETS.current, type);
    await world.quiet();
    expect(await rows()).toMatchObject([{ sale_id: expect.stringMatching(/^purchase\d+==$/), state: 'parked' }]);
  });

  it('G17: a sale in JSON is read like one in a form', async () => {
    const { sale_id } = await world.control('sales', { email: 'ada@example.com', content_type: 'json' });
    await eventually(() => world.mail.inbox.list('ada@example.com')[0]);
    expect(world.book.ofOrder(sale_id)).toBeDefined();
  });

  it('lists events in pages, newest first, and by state and sale', async () => {
    for (let i = 0; i < 5; i++) await world.ping(`n=${i}`);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await world.bus.send(ListStorefrontEvents, { state: 'parked', limit: 2, ...(cursor && { cursor }) });
      seen.push(...page.events.map((e) => e.id));
      cursor = page.next_cursor ?? undefined;
    } while (cursor);
    expect(new Set(seen).size).toBe(5);
    expect(seen).toEqual([...seen].sort().reverse());
    expect((await world.bus.send(ListStorefrontEvents, { state: 'failed' })).events).toEqual([]);
    const forged = world.bus.send(ListStorefrontEvents, { cursor: 'eHh4' });
    await expect(forged).rejects.toMatchObject({ code: 'validation_failed' });
  });

  it('replays a parked event: once the store knows the sale, it is fulfilled', async () => {
    const sale_id = 'BBBBBBBBBBBBBBBBBBBBBB==';
    const { id } = await world.ping(`resource_name=sale&sale_id=${encodeURIComponent(sale_id)}`);
    await world.quiet();
    await world.control('sales', { sale_id, email: 'ada@example.com', ping: false });
    expect(await world.bus.send(ReplayStorefrontEvent, { id })).toMatchObject({ id, sale_id, resource_name: 'sale' });
    await eventually(() => world.mail.inbox.list('ada@example.com')[0]);
    const unknown = world.bus.send(ReplayStorefrontEvent, { id: '019ab000-0000-7000-8000-000000000000' });
    await expect(unknown).rejects.toMatchObject({ code: 'not_found' });
  });

  it('G16: while the database is away a ping is refused as unavailable; the store sends it again and it is done', async () => {
    const database = await severable(world.database.url);
    await world.stopFulfillment();
    await world.startFulfillment({ databaseUrl: database.url });
    await database.cut();
    const { sale_id, pings } = await world.control('sales', { email: 'ada@example.com' });
    expect(pings[0]!.status).toBe(503);
    expect(await rows()).toEqual([]);
    await database.mend();
    await eventually(() => world.mail.inbox.list('ada@example.com')[0]);
    expect(world.book.ofOrder(sale_id)).toBeDefined();
    await world.stopFulfillment();
    await world.startFulfillment();
    await database.cut();
  });
});
