import {
  ListMail,
  ListPortalLicenses,
  OpenPortal,
  RenewPortalLicense,
  RequestPortalLink,
  ResendPortalLicense,
  type Refusal,
} from '#contracts';
import { eventually } from '../../test/eventually.js';
import { World } from '../../test/world.js';

describe('portal', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  }, 60_000);
  afterAll(() => world?.stop());
  beforeEach(() => world.reset());

  const EMAIL = 'ada@example.com';
  const inbox = (address = EMAIL) => world.mail.inbox.list(address);
  const linkMail = (address = EMAIL) => inbox(address).find((mail) => mail.text.includes('/portal#token='));
  const code = (call: Promise<unknown>) =>
    call.then(
      () => 'done',
      (refused: Refusal) => refused.code,
    );

  async function bought(): Promise<string> {
    await world.control('sales', { email: EMAIL });
    await eventually(() => inbox()[0]);
    return [...world.book.licenses.keys()][0]!;
  }

  async function token(): Promise<string> {
    expect(await world.bus.send(RequestPortalLink, { email: EMAIL.toUpperCase() })).toEqual({});
    const mail = await eventually(() => linkMail(EMAIL.toUpperCase()) ?? linkMail());
    return /#token=([\w-]+)/.exec(mail.text)![1]!;
  }

  const session = async () => (await world.bus.send(OpenPortal, { token: await token() })).session;

  it('D-portal P1: a mailed link opens the portal once; neither token nor session rests in the database', async () => {
    const license_key = await bought();
    const secret = await token();
    const opened = await world.bus.send(OpenPortal, { token: secret });
    expect(Date.parse(opened.expires_at) - Date.now()).toBeGreaterThan(29 * 60_000);
    expect(await code(world.bus.send(OpenPortal, { token: secret }))).toBe('token_invalid');
    const { licenses } = await world.bus.send(ListPortalLicenses, { session: opened.session });
    expect(licenses).toMatchObject([{ license_key, status: 'active' }]);
    const kept = JSON.stringify([
      await world.database.query('select * from portal_link_tokens'),
      await world.database.query('select * from mail_outbox'),
      await world.database.query('select * from portal_sessions'),
    ]);
    for (const hidden of [secret, opened.session]) expect(kept).not.toContain(hidden);
    for (const line of world.logLines) expect(line).not.toContain(secret);
  });

  it('P1: of twenty that open a link at once, one gets in', async () => {
    await bought();
    const secret = await token();
    const opened = await Promise.all(
      Array.from({ length: 20 }, () => code(world.bus.send(OpenPortal, { token: secret }))),
    );
    expect(opened.filter((one) => one === 'done')).toHaveLength(1);
  });

  it('P2: a link and a session that are over open nothing', async () => {
    await bought();
    const secret = await token();
    await world.database.query(`update portal_links set expires_at = now() - interval '1 second'`);
    expect(await code(world.bus.send(OpenPortal, { token: secret }))).toBe('token_invalid');
    await world.database.query('truncate portal_links cascade');
    world.mail.inbox.clear();
    const open = await session();
    await world.database.query(`update portal_sessions set expires_at = now() - interval '1 second'`);
    expect(await code(world.bus.send(ListPortalLicenses, { session: open }))).toBe('unauthenticated');
    expect(await code(world.bus.send(ListPortalLicenses, { session: '' }))).toBe('unauthenticated');
  });

  it('P3: an address that nothing was sold to gets the same answer and no mail', async () => {
    expect(await world.bus.send(RequestPortalLink, { email: 'nobody@example.com' })).toEqual({});
    await world.quiet();
    expect(inbox('nobody@example.com')).toEqual([]);
    const { mail } = await world.bus.send(ListMail, {});
    expect(mail).toMatchObject([{ template: 'portal_link', state: 'dropped' }]);
  });

  it('P4: an address gets five links an hour, and nobody is told', async () => {
    await bought();
    const asked = Array.from({ length: 9 }, () => world.bus.send(RequestPortalLink, { email: EMAIL }));
    expect(await Promise.all(asked)).toEqual(Array(9).fill({}));
    await world.quiet();
    expect(inbox().filter((mail) => mail.text.includes('/portal#token='))).toHaveLength(5);
  });

  it('P5: the link leads to the configured address', async () => {
    await bought();
    await token();
    const mail = linkMail(EMAIL.toUpperCase()) ?? linkMail()!;
    expect(mail.text).toMatch(/^https:\/\/accounts\.example\.com\/portal#token=/m);
  });

  it('D-portal: a license is mailed again to its buyer, five times an hour at most', async () => {
    const license_key = await bought();
    const open = await session();
    await world.bus.send(ResendPortalLicense, { session: open, license_key });
    await eventually(() => (inbox().filter((mail) => mail.text.includes('DTLIC2:')).length === 2 ? true : undefined));
    for (let sent = 0; sent < 3; sent++) await world.bus.send(ResendPortalLicense, { session: open, license_key });
    expect(await code(world.bus.send(ResendPortalLicense, { session: open, license_key }))).toBe('rate_limited');
  });

  it('P4: of thirty that have a license mailed again at once, no more than five mails come of it', async () => {
    const license_key = await bought();
    const open = await session();
    await world.quiet();
    const asked = Array.from({ length: 30 }, () =>
      code(world.bus.send(ResendPortalLicense, { session: open, license_key })),
    );
    const answers = await Promise.all(asked);
    // The first mail was that of the sale.
    expect(answers.filter((one) => one === 'done')).toHaveLength(4);
    expect(answers.filter((one) => one === 'rate_limited')).toHaveLength(26);
  });

  it('D-renew P7 P8: unpaid 402 with the checkout; paid a new blob and its mail; pressed twice the same', async () => {
    const license_key = await bought();
    const open = await session();
    const refused = await world.bus.send(RenewPortalLicense, { session: open, license_key }).catch((e: Refusal) => e);
    expect(refused).toMatchObject({
      code: 'renewal_not_paid',
      extras: { members: { checkout_url: 'https://shop.test' } },
    });
    world.book.paid.set(license_key, false);
    const one = await world.bus.send(RenewPortalLicense, { session: open, license_key });
    const two = await world.bus.send(RenewPortalLicense, { session: open, license_key });
    expect(two).toEqual(one);
    await eventually(() => inbox().find((mail) => mail.subject === 'Your new Pro license file'));
    await world.quiet();
    expect(inbox().filter((mail) => mail.text.includes(one.blob))).toHaveLength(1);
  });

  it('P6: a revoked license is neither renewed nor sent, and nobody else’s is found', async () => {
    const license_key = await bought();
    const open = await session();
    world.book.licenses.get(license_key)!.status = 'revoked';
    expect(await code(world.bus.send(RenewPortalLicense, { session: open, license_key }))).toBe('license_revoked');
    expect(await code(world.bus.send(ResendPortalLicense, { session: open, license_key }))).toBe('license_revoked');
    world.book.licenses.get(license_key)!.email = 'eve@example.com';
    expect(await code(world.bus.send(RenewPortalLicense, { session: open, license_key }))).toBe('not_found');
    expect(await code(world.bus.send(ResendPortalLicense, { session: open, license_key }))).toBe('not_found');
  });
});
