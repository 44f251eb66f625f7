import { randomUUID } from 'node:crypto';
import type { DevInfo } from '#local';
import { call } from './http.js';
import { eventually, expect, pause, type Teller } from './tell.js';

/** A mail as the development inbox shows it. */
export interface InboxMail {
  subject: string;
  text: string;
  attachments: { filename: string; content_base64: string }[];
}

export const mailsTo = async (dev: DevInfo, address: string): Promise<InboxMail[]> =>
  (await call('GET', `${dev.mail_url}/api/messages?to=${encodeURIComponent(address)}`)).body;

/** The blob in a delivery mail's text. */
export const blobIn = (mail: InboxMail): string | undefined =>
  /DTLIC2:[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+/.exec(mail.text)?.[0];

/** The delivery mails that an address got. */
export const deliveries = async (dev: DevInfo, address: string): Promise<InboxMail[]> =>
  (await mailsTo(dev, address)).filter((m) => blobIn(m));

/** Makes a sale at the stand-in storefront, which pings Gatehouse as the real one does. */
export async function sell(dev: DevInfo, sale: Record<string, unknown>): Promise<string> {
  const { status, body } = await call('POST', `${dev.storefront_url}/_control/sales`, { json: sale });
  expect(status < 300 && body.sale_id, 'a sale id', { status, body });
  return body.sale_id;
}

/** How long to look whether something happens that must not. */
const QUIET_MS = 1_500;

/** 2. A sale becomes a license and a mail, once. @returns the blob that the buyer got */
export async function sale(dev: DevInfo, tell: Teller): Promise<string> {
  tell.chapter('2  A sale');
  const buyer = `sasha.${randomUUID().slice(0, 8)}@example.com`;
  const control = `${dev.storefront_url}/_control/sales`;
  let saleId = '';
  let blob = '';

  await tell.step('a sale pings Gatehouse; the license is in the inbox', async () => {
    saleId = await sell(dev, { email: buyer, full_name: 'Sasha Quill', product_permalink: 'pro' });
    const mail = await eventually('one delivery mail', 10_000, async () => (await deliveries(dev, buyer))[0]);
    blob = blobIn(mail)!;
    return mail.subject;
  });
  await tell.step('the same ping five times more makes nothing new', async () => {
    await call('POST', `${control}/${encodeURIComponent(saleId)}/ping`, { json: { times: 5 } });
    await pause(QUIET_MS);
    const { length } = await deliveries(dev, buyer);
    expect(length === 1, 'one mail', length);
  });
  await tell.step('a refund before its sale ends in nothing', async () => {
    const early = `early.${randomUUID().slice(0, 8)}@example.com`;
    const id = await sell(dev, { email: early, product_permalink: 'core', ping: false });
    await call('POST', `${control}/${encodeURIComponent(id)}/refund`, { json: {} });
    await call('POST', `${control}/${encodeURIComponent(id)}/ping`, { json: {} });
    await pause(QUIET_MS);
    const { length } = await deliveries(dev, early);
    expect(length === 0, 'no mail', length);
  });
  await tell.step('a ping with a wrong secret is refused', async () => {
    const form = { sale_id: saleId, resource_name: 'sale', email: buyer };
    const { status } = await call('POST', `${dev.public_url}/webhooks/gumroad/not-the-secret`, { form });
    expect(status === 401, '401', status);
  });
  return blob;
}
