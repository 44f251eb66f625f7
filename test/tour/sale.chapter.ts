import { randomUUID } from 'node:crypto';
import type { DevInfo } from '#local';
import { call } from '../support/http.js';
import { eventually, pause } from '../support/eventually.js';
import { blobIn, controlSale, deliveries, sell } from '../support/people.js';
import { expect, type Teller } from './tell.js';

/** How long to look whether something happens that must not. */
const QUIET_MS = 1_500;

/** 2. A sale becomes a license and a mail, once. @returns the blob that the buyer got */
export async function sale(dev: DevInfo, tell: Teller): Promise<string> {
  tell.chapter('2  A sale');
  const buyer = `sasha.${randomUUID().slice(0, 8)}@example.com`;
  let saleId = '';
  let blob = '';

  await tell.step('a sale pings Gatehouse; the license is in the inbox', async () => {
    saleId = await sell(dev, { email: buyer, full_name: 'Sasha Quill', product_permalink: 'pro' });
    const mail = await eventually('one delivery mail', 30_000, async () => (await deliveries(dev, buyer))[0]);
    blob = blobIn(mail)!;
    return mail.subject;
  });
  await tell.step('the same ping five times more makes nothing new', async () => {
    await controlSale(dev, saleId, 'ping', { times: 5 });
    await pause(QUIET_MS);
    const { length } = await deliveries(dev, buyer);
    expect(length === 1, 'one mail', length);
  });
  await tell.step('a refund before its sale ends in nothing', async () => {
    const early = `early.${randomUUID().slice(0, 8)}@example.com`;
    const id = await sell(dev, { email: early, product_permalink: 'core', ping: false });
    await controlSale(dev, id, 'refund');
    await controlSale(dev, id, 'ping');
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
