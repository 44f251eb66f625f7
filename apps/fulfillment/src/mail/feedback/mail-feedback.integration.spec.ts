import { ListMail, ListSuppressions, RecordMailFeedback } from '#contracts';
import { eventually } from '../../../test/eventually.js';
import { SnsStandIn } from '../../../test/sns-stand-in.js';
import { World } from '../../../test/world.js';
import { SnsWeb } from './sns-web.js';

const SECRET = 'secret-of-the-mail-service';
const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:mail';
const EMAIL = 'ada@example.com';

let world: World;
let sns: SnsStandIn;
beforeAll(async () => {
  [world, sns] = await Promise.all([World.start(), SnsStandIn.start()]);
  await world.stopFulfillment();
  await world.startFulfillment({ mailWebhookSecrets: [SECRET], sesTopics: [TOPIC] });
  jest.spyOn(world.get(SnsWeb), 'read').mockImplementation((url) => sns.read(url));
}, 60_000);
afterAll(async () => {
  await world?.stop();
  await sns?.stop();
});
beforeEach(async () => {
  await world.reset();
  await world.database.query('truncate mail_suppressions, mail_feedback');
  sns.asked.length = 0;
});

const tell = (service: 'postmark' | 'ses', body: object | string, secret?: string) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return world.bus.send(RecordMailFeedback, { service, secret, body: Buffer.from(text).toString('base64') });
};
const suppressed = async () => (await world.bus.send(ListSuppressions, { email: EMAIL })).suppressions[0];
const mailed = async () => {
  await world.control('sales', { email: EMAIL });
  const mail = await eventually(() => world.mail.inbox.list(EMAIL)[0]);
  await world.quiet();
  const headers = world.mail.inbox.raw(mail.id)!.toString('latin1').split('\r\n\r\n')[0]!;
  const header = (name: string) => new RegExp(`^${name}: (.+)$`, 'im').exec(headers)![1]!.trim();
  return { id: header('X-PM-Metadata-mail_id'), messageId: header('Message-ID') };
};
const stateOf = async (id: string) => (await world.bus.send(ListMail, {})).mail.find((mail) => mail.id === id)!;

const postmark = (more: object = {}) => ({
  RecordType: 'Bounce',
  ID: 692560173,
  Type: 'HardBounce',
  TypeCode: 1,
  MessageID: '2c1b63fe-43f2-4db5-91b0-8bdfa44a9316',
  Description: `The server was unable to deliver to ${EMAIL}`,
  Email: EMAIL,
  BouncedAt: '2026-01-15T16:09:19Z',
  Inactive: true,
  ...more,
});
const bounce = (more: object = {}, mail: object = {}) => ({
  notificationType: 'Bounce',
  bounce: {
    bounceType: 'Permanent',
    bounceSubType: 'General',
    bouncedRecipients: [{ emailAddress: `Ada <${EMAIL}>`, action: 'failed', status: '5.1.1' }],
    ...more,
  },
  mail: { messageId: '0000013786031775-fea5', ...mail },
});
const ses = (event: object, members: Record<string, string> = {}, version: '1' | '2' = '2') =>
  sns.message({ Message: JSON.stringify(event), ...members }, version);

it('D-delivery: Postmark’s hard bounce lets the mail be seen as bounced and its address get no more', async () => {
  const { id } = await mailed();
  await tell('postmark', postmark({ Metadata: { mail_id: id } }), SECRET);
  expect(await stateOf(id)).toMatchObject({ state: 'bounced', error: 'Postmark told of a HardBounce.' });
  expect(await suppressed()).toMatchObject({ reason: 'hard_bounce', source: 'postmark', mail_id: id });
  expect(await world.told('fulfillment.mail.bounced')).toEqual([{ mail_id: id, template: 'license' }]);
});

it('D-delivery: what Postmark tells twice counts once, and a complaint outweighs a bounce', async () => {
  const { id } = await mailed();
  for (let i = 0; i < 3; i++) await tell('postmark', postmark({ Metadata: { mail_id: id } }), SECRET);
  expect(await world.told('fulfillment.mail.bounced')).toHaveLength(1);
  await tell('postmark', postmark({ RecordType: 'SpamComplaint', Type: 'SpamComplaint', ID: 42 }), SECRET);
  expect(await suppressed()).toMatchObject({ reason: 'complaint' });
});

it.each([
  ['a soft bounce', postmark({ Type: 'SoftBounce' })],
  ['a delivery', postmark({ RecordType: 'Delivery' })],
  ['no address', postmark({ Email: null })],
  ['no JSON', '{"RecordType":'],
  ['a list', '[]'],
])('D-delivery: Postmark’s webhook with %s is taken and changes nothing', async (_, body) => {
  await tell('postmark', body, SECRET);
  expect(await suppressed()).toBeUndefined();
});

it.each([undefined, 'wrong-secret-of-the-service'])(
  'D-delivery: Postmark with the secret %s is refused',
  async (secret) => {
    await expect(tell('postmark', postmark(), secret)).rejects.toMatchObject({ code: 'webhook_unauthenticated' });
    expect(await suppressed()).toBeUndefined();
  },
);

it.each(['1', '2'] as const)('D-delivery: a bounce of SES under signature version %s, by the Message-ID', async (v) => {
  const { id, messageId } = await mailed();
  await tell('ses', ses(bounce({}, { commonHeaders: { messageId } }), {}, v));
  expect(await stateOf(id)).toMatchObject({ state: 'bounced', error: 'SES told of a permanent bounce (General).' });
  expect(await suppressed()).toMatchObject({ reason: 'hard_bounce', source: 'ses', mail_id: id });
});

it('D-delivery: a complaint of SES suppresses, and the mail stays one that has arrived', async () => {
  const { id, messageId } = await mailed();
  const complaint = { complainedRecipients: [{ emailAddress: EMAIL }], complaintFeedbackType: 'abuse' };
  const headers = [{ name: 'Message-ID', value: messageId }];
  await tell('ses', ses({ eventType: 'Complaint', complaint, mail: { headers } }));
  expect(await suppressed()).toMatchObject({ reason: 'complaint', mail_id: id });
  expect(await stateOf(id)).toMatchObject({ state: 'sent' });
});

it('D-delivery: a bounce of SES that passes by itself, and a text that is no event, change nothing', async () => {
  await tell('ses', ses(bounce({ bounceType: 'Transient' })));
  await tell('ses', sns.message({ Message: 'hello', Subject: 'Hi' }));
  expect(await suppressed()).toBeUndefined();
});

const CERTIFICATE = '/SimpleNotificationService-1.pem';

it.each<[string, () => object | string]>([
  ['changed after it was signed', () => ({ ...ses(bounce()), Message: JSON.stringify(bounce({ x: 1 })) })],
  ['another topic', () => ses(bounce(), { TopicArn: 'arn:aws:sns:eu-west-1:999999999999:mail' })],
  ['a certificate of somebody else’s host', () => ses(bounce(), { SigningCertURL: 'https://evil.example/x.pem' })],
  [
    'a host that only looks like SNS',
    () => ses(bounce(), { SigningCertURL: 'https://sns.eu-west-1.amazonaws.com.evil.example/x.pem' }),
  ],
  ['a certificate without TLS', () => ses(bounce(), { SigningCertURL: 'http://sns.eu-west-1.amazonaws.com/x.pem' })],
  ['a bucket of Amazon’s', () => ses(bounce(), { SigningCertURL: 'https://s3.eu-west-1.amazonaws.com/evil/x.pem' })],
  [
    'a bucket that is named like SNS',
    () => ses(bounce(), { SigningCertURL: 'https://sns.s3-us-west-2.amazonaws.com/SimpleNotificationService-1.pem' }),
  ],
  ['a certificate with a query', () => ses(bounce(), { SigningCertURL: `${SnsStandIn.HOST}${CERTIFICATE}?again=1` })],
  ['a user in the address', () => ses(bounce(), { SigningCertURL: 'https://a@sns.eu-west-1.amazonaws.com/x.pem' })],
  ['a certificate that is over', () => ses(bounce(), { SigningCertURL: `${SnsStandIn.HOST}/over.pem` })],
  ['a signature version that nobody knows', () => ({ ...ses(bounce()), SignatureVersion: '3' })],
  ['the age of two months', () => ses(bounce(), { Timestamp: new Date(Date.now() - 60 * 86_400_000).toISOString() })],
  ['no JSON', () => 'Type=Notification'],
])('D-delivery: SES with %s is refused, and nobody else’s host is asked', async (_, body) => {
  await expect(tell('ses', body())).rejects.toMatchObject({ code: 'webhook_unauthenticated' });
  expect(await suppressed()).toBeUndefined();
  for (const path of sns.asked) expect(path).toMatch(/\.pem$/);
});

it('D-delivery: a subscription to a topic of ours is confirmed, one that leads elsewhere is not', async () => {
  const subscription = (SubscribeURL: string) =>
    sns.message({ Type: 'SubscriptionConfirmation', Message: 'You have chosen …', Token: 't0k3n', SubscribeURL });
  await tell('ses', subscription(`${SnsStandIn.HOST}/?Action=ConfirmSubscription&Token=t0k3n`));
  expect(sns.asked).toContain('/?Action=ConfirmSubscription&Token=t0k3n');
  sns.asked.length = 0;
  await expect(tell('ses', subscription('https://evil.example/?Action=x'))).rejects.toMatchObject({
    code: 'webhook_unauthenticated',
  });
  expect(sns.asked).toEqual([]);
});

it('D-pii: neither the tables nor the log know the addresses', async () => {
  await tell('postmark', postmark(), SECRET);
  const kept = JSON.stringify([
    await world.database.query('select * from mail_suppressions'),
    await world.database.query('select * from mail_feedback'),
  ]);
  for (const known of [kept, ...world.logLines]) expect(known).not.toContain(EMAIL);
});
