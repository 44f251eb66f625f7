import { AddSuppression, LiftSuppression, ListMail, ListSuppressions, ResendMail } from '#contracts';
import { eventually } from '../../../test/eventually.js';
import { World } from '../../../test/world.js';

const EMAIL = 'ada@example.com';
let world: World;
beforeAll(async () => {
  world = await World.start();
}, 60_000);
afterAll(() => world?.stop());
beforeEach(async () => {
  await world.reset();
  await world.database.query('truncate mail_suppressions');
});

const licenseMail = async () => {
  await eventually(async () => (await world.bus.send(ListMail, {})).mail[0]);
  await world.quiet();
  return (await world.bus.send(ListMail, {})).mail[0]!;
};

it('D-delivery: a suppressed address gets no mail of any kind, and its license is seen as not delivered', async () => {
  expect(await world.bus.send(AddSuppression, { email: EMAIL })).toMatchObject({ reason: 'operator' });
  await world.control('sales', { email: 'ADA@example.com' });
  await world.identity.request(EMAIL);
  await licenseMail();
  await eventually(async () => (await world.bus.send(ListMail, { state: 'suppressed' })).mail.length === 2);
  const { mail } = await world.bus.send(ListMail, { state: 'suppressed' });
  expect(mail.map(({ template }) => template).sort()).toEqual(['license', 'verify_email']);
  expect(mail[0]!.error).toBe('The address gets no mail (operator) until that is lifted.');
  expect(await world.told('fulfillment.mail.bounced')).toHaveLength(2);
  expect(world.mail.inbox.list()).toEqual([]);
});

it('D-delivery: what was held back is sent once the suppression is lifted and an operator sends it again', async () => {
  await world.bus.send(AddSuppression, { email: EMAIL });
  await world.control('sales', { email: EMAIL });
  const { id, state } = await licenseMail();
  expect(state).toBe('suppressed');
  await world.bus.send(ResendMail, { id });
  expect(await licenseMail()).toMatchObject({ state: 'suppressed' });
  await world.bus.send(LiftSuppression, { email: EMAIL.toUpperCase() });
  await world.bus.send(ResendMail, { id });
  await eventually(() => world.mail.inbox.list(EMAIL)[0]);
  await expect(world.bus.send(LiftSuppression, { email: EMAIL })).rejects.toMatchObject({ code: 'not_found' });
});

it('D-delivery: the list shows hashes and reasons, newest first, and whether one address is among them', async () => {
  for (const email of ['a@example.com', 'b@example.com']) await world.bus.send(AddSuppression, { email });
  const { suppressions } = await world.bus.send(ListSuppressions, {});
  expect(suppressions).toHaveLength(2);
  expect(JSON.stringify(suppressions)).not.toContain('@');
  expect((await world.bus.send(ListSuppressions, { email: 'B@example.com' })).suppressions).toEqual([suppressions[0]]);
  expect((await world.bus.send(ListSuppressions, { email: 'c@example.com' })).suppressions).toEqual([]);
});

it('D-delivery: other addresses get their mail', async () => {
  await world.bus.send(AddSuppression, { email: 'a@example.com' });
  await world.control('sales', { email: EMAIL });
  await eventually(() => world.mail.inbox.list(EMAIL)[0]);
});

it('D-delivery: the blob is in the text, in the HTML and in the attachment, alike', async () => {
  const { sale_id } = await world.control('sales', { email: EMAIL });
  const mail = await eventually(() => world.mail.inbox.list(EMAIL)[0]);
  const { blob } = world.book.ofOrder(sale_id)!;
  expect(mail.text).toContain(blob);
  expect(mail.html).toContain(blob);
  expect(mail.attachments).toEqual([
    { filename: 'license.dtlic', content_base64: Buffer.from(blob).toString('base64') },
  ]);
});
