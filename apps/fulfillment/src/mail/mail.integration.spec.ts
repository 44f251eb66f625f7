import { ListMail, ListOrders, ListStorefrontEvents, ResendMail } from '#contracts';
import { aWhile, eventually } from '../../test/eventually.js';
import { World } from '../../test/world.js';
import { MailRepository, type MailLease } from './mail.repository.js';

describe('mail', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
  }, 60_000);
  afterAll(() => world?.stop());
  beforeEach(() => world.reset());

  const sell = (body: object = {}) => world.control('sales', { email: 'ada@example.com', ...body });
  const inbox = (address = 'ada@example.com') => world.mail.inbox.list(address);
  const headersOf = (id: string) => world.mail.inbox.raw(id)!.toString('latin1').split('\r\n\r\n')[0]!;
  const queued = async () => {
    await world.quiet();
    return world.database.query<{ id: string; state: string; error: string | null; attempts: number }>(
      'select id, state, error, attempts from mail_outbox order by id',
    );
  };

  it('sends a verification mail whose link and text carry the token, and keeps neither token nor address', async () => {
    const { token } = await world.identity.request('new@example.com', 'newcomer');
    const mail = await eventually(() => inbox('new@example.com')[0]);
    const link = `https://accounts.example.com/verify-email#token=${token}`;
    expect(mail.text.split('\n')).toEqual(expect.arrayContaining([link, token]));
    expect(mail.html).toContain(`href="${link}"`);
    await world.quiet();
    const kept = JSON.stringify(await world.database.query('select * from mail_outbox'));
    expect(kept).not.toContain(token);
    expect(kept).not.toContain('new@example.com');
  });

  it('C-email.verify_send: a link that is asked for again is mailed again, once', async () => {
    const { token, token_id } = await world.identity.request('twice@example.com');
    for (let i = 0; i < 2; i++) await world.identity.requestAgain(token_id);
    await eventually(() => inbox('twice@example.com')[1]);
    await world.quiet();
    const mails = inbox('twice@example.com');
    expect(mails.map((mail) => mail.text.includes(token))).toEqual([true, true]);
  });

  it('P9: a mail that is refused with 4xx is sent again, under the same Message-ID', async () => {
    world.mail.refusals.refuse('ada@example.com', 451, 2);
    await sell();
    const mail = await eventually(() => inbox()[0]);
    const [row] = await queued();
    expect(row).toMatchObject({ state: 'sent', attempts: 3 });
    expect(headersOf(mail.id)).toMatch(new RegExp(`^Message-ID: <${row!.id}\\.1@example\\.com>`, 'mi'));
    expect(await world.told('fulfillment.mail.sent')).toEqual([{ mail_id: row!.id, template: 'license' }]);
  });

  it('P9: a mail that is refused with 5xx bounces, which can be seen, and can be sent once more', async () => {
    world.mail.refusals.refuse('ada@example.com', 550);
    await sell();
    await eventually(async () => (await world.told('fulfillment.mail.bounced'))[0]);
    const { mail } = await world.bus.send(ListMail, { state: 'bounced' });
    expect(mail).toEqual([expect.objectContaining({ template: 'license', to: 'ada@example.com', attempts: 1 })]);
    expect(mail[0]!.error).toBe('The mail server answered 550 to RCPT TO.');
    world.mail.refusals.clear();
    expect(await world.bus.send(ResendMail, { id: mail[0]!.id })).toMatchObject({ state: 'queued' });
    const sent = await eventually(() => inbox()[0]);
    expect(headersOf(sent.id)).toContain(`<${mail[0]!.id}.2@example.com>`);
  });

  describe('the mail of a license that is suspended before it is sent', () => {
    const suspended = async () => {
      world.mail.refusals.refuse('ada@example.com', 451);
      const { sale_id } = await sell();
      await eventually(() => world.book.ofOrder(sale_id));
      await world.control(`sales/${sale_id}/dispute`);
      await eventually(async () =>
        (await world.database.query<{ error: string }>('select error from mail_outbox'))[0]?.error.includes(
          'suspended',
        ),
      );
      world.mail.refusals.clear();
      return sale_id;
    };

    it('G10: comes as soon as it is in force again', async () => {
      const sale_id = await suspended();
      await world.control(`sales/${sale_id}/dispute_won`);
      await eventually(() => inbox()[0]);
    });

    it('G10: is given up when it is revoked', async () => {
      const sale_id = await suspended();
      await world.control(`sales/${sale_id}/refund`);
      await eventually(async () => (await queued())[0]?.state === 'dropped');
      expect(inbox()).toEqual([]);
    });

    it('G10: comes also when that happens while somebody looks whether it is', async () => {
      const mail = world.get(MailRepository);
      const taken = `insert into mail_outbox (id, key, template, license_key, due_at, lease_token, lease_until)
        values (uuidv7(), 'gone', 'license', 'gone', now() + interval '1 minute', uuidv7(), now() + interval '1 hour')
        returning id, lease_token as token, due_at::text as due_at`;
      const [lease] = await world.database.query<MailLease>(taken);
      await mail.expedite('gone');
      await mail.postpone(lease!, 'The license is suspended.', 600, false);
      const due = 'select due_at <= now() as now from mail_outbox';
      expect(await world.database.query(due)).toEqual([{ now: true }]);
    });
  });

  it('P9: a worker that died after sending sends the same mail once more at most, with the same Message-ID', async () => {
    await sell();
    await eventually(() => inbox()[0]);
    await world.quiet();
    // As if it had been killed between the mail server's answer and its own commit.
    await world.database.query(
      `update mail_outbox set state = 'queued', lease_token = gen_random_uuid(), lease_until = now() + interval '300 milliseconds'`,
    );
    await world.identity.request('other@example.com');
    await eventually(() => inbox().length === 2);
    await world.quiet();
    await aWhile();
    const ids = inbox().map((m) => /^Message-ID: (.+)$/im.exec(headersOf(m.id))![1]);
    expect(ids).toHaveLength(2);
    expect(ids[0]).toBe(ids[1]);
  });

  it('P9: what the mail server cannot take now, because it is away, is kept', async () => {
    await world.stopFulfillment();
    await world.startFulfillment({ smtpUrl: 'smtp://127.0.0.1:9' });
    await sell();
    await eventually(async () => {
      const [row] = await world.database.query<{ error: string | null }>('select error from mail_outbox');
      return row?.error;
    });
    await world.stopFulfillment();
    await world.startFulfillment();
    await eventually(() => inbox()[0]);
  });

  it('P10: line breaks in a name add no header and no recipient', async () => {
    const evil = 'Eve\r\nBcc: all@example.com\r\nX-Evil: 1\r\n\r\n<b>hi</b>, mallory@example.com';
    await sell({ full_name: evil });
    const mail = await eventually(() => inbox()[0]);
    const headers = headersOf(mail.id);
    expect(headers).not.toMatch(/^(bcc|x-evil)/im);
    expect(world.mail.inbox.list()).toHaveLength(1);
    expect(mail.html).not.toContain('<b>hi</b>');
  });

  it('P10: a name is never read as a list of addresses', async () => {
    await world.identity.request('real@example.com', '"x" <eve@example.com>, "y"');
    await eventually(() => inbox('real@example.com')[0]);
    await world.quiet();
    expect(world.mail.inbox.list()).toHaveLength(1);
  });

  it('D-once: a license that was revoked before its mail was sent gets none', async () => {
    // Until it is revoked, however long that takes beside the tries of the mail.
    world.mail.refusals.refuse('ada@example.com', 451, 100);
    const { sale_id } = await sell();
    await eventually(() => world.book.ofOrder(sale_id));
    await eventually(async () => (await world.database.query('select 1 from mail_outbox where error is not null'))[0]);
    await world.control(`sales/${sale_id}/refund`);
    await eventually(() => world.book.ofOrder(sale_id)?.status === 'revoked');
    world.mail.refusals.clear();
    const [row] = await queued();
    expect(row).toMatchObject({ state: 'dropped', error: expect.stringContaining('revoked') });
    expect(inbox()).toEqual([]);
  });

  it('looks orders and mail up by address, order and license', async () => {
    const { sale_id } = await sell({ full_name: 'Ada' });
    await eventually(() => inbox()[0]);
    await world.quiet();
    const license_key = world.book.ofOrder(sale_id)!.license_key;
    const { orders, next_cursor } = await world.bus.send(ListOrders, { email: 'ADA@example.com' });
    expect(orders).toEqual([
      expect.objectContaining({ order_id: sale_id, standing: 'paid', product: 'pro', license_key }),
    ]);
    expect(next_cursor).toBeNull();
    expect((await world.bus.send(ListOrders, { order_id: 'none' })).orders).toEqual([]);
    expect((await world.bus.send(ListMail, { license_key })).mail).toEqual([
      expect.objectContaining({ state: 'sent', sent_at: expect.any(String) }),
    ]);
    const of = async (to: string) => (await world.bus.send(ListMail, { to })).mail.map((mail) => mail.template);
    expect([await of('ADA@example.com'), await of('bob@example.com')]).toEqual([['license'], []]);
    const standing = async (one: string) => (await world.bus.send(ListOrders, { standing: one })).orders.length;
    expect([await standing('paid'), await standing('refunded')]).toEqual([1, 0]);
    for (const [store, n] of [
      ['gumroad', 1],
      ['stripe', 0],
    ] as const) {
      expect((await world.bus.send(ListOrders, { store })).orders).toHaveLength(n);
      expect((await world.bus.send(ListStorefrontEvents, { store })).events).toHaveLength(n);
    }
    const unknown = world.bus.send(ResendMail, { id: '019ab000-0000-7000-8000-000000000000' });
    await expect(unknown).rejects.toMatchObject({ code: 'not_found' });
  });
});
