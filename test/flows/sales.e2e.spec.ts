import { randomUUID } from 'node:crypto';
import { verifyBlob } from '#license-format';
import type { DevInfo } from '#local';
import { eventually } from '../support/eventually.js';
import { answered, call } from '../support/http.js';
import { stack } from '../support/index.js';
import { blobIn, controlSale, deliveries, internal, newcomer, sell } from '../support/people.js';

/** Longer than a lease that was left takes to run out. */
const PATIENCE_MS = 45_000;

let dev: DevInfo;
beforeAll(async () => {
  dev = await stack();
}, 120_000);

const delivered = (address: string) =>
  eventually('a delivery mail', PATIENCE_MS, async () => (await deliveries(dev, address))[0]);
const licensesOf = async (email: string) =>
  (await answered(() => internal(dev, 'creator-cli', 'GET', `/internal/licenses?email=${encodeURIComponent(email)}`)))
    .body.licenses;
/** Every ping that was stored for the sale has been worked on. */
const settled = (saleId: string, pings: number) =>
  eventually('the pings to be worked on', PATIENCE_MS, async () => {
    const path = `/internal/storefront-events?sale_id=${encodeURIComponent(saleId)}`;
    const { body } = await answered(() => internal(dev, 'creator-cli', 'GET', path));
    const done = body.events.filter((e: { state: string }) => e.state !== 'pending');
    return done.length >= pings && done.length === body.events.length ? body.events : undefined;
  });

describe('a sale at the storefront', () => {
  it('D-webhook D-delivery: becomes a license and a mail with a blob that verifies offline', async () => {
    const buyer = newcomer('sasha').email;
    await sell(dev, { email: buyer, full_name: 'Sasha Quill', product_permalink: 'pro' });
    const mail = await delivered(buyer);
    const blob = blobIn(mail)!;
    const verdict = await verifyBlob(blob, dev.license_public_keys, { now: Date.now() / 1000, product: 'datatools' });
    expect(verdict).toMatchObject({ code: 'VALID', payload: { tier: 'pro', name: 'Sasha Quill' } });
    expect(mail.attachments.map((a) => Buffer.from(a.content_base64, 'base64').toString().trim())).toContain(blob);
  });

  it('D-once: the same ping six times makes one license and one mail', async () => {
    const buyer = newcomer().email;
    const saleId = await sell(dev, { email: buyer, product_permalink: 'core' });
    await controlSale(dev, saleId, 'ping', { times: 5, retry_count: 1 });
    await settled(saleId, 1);
    await delivered(buyer);
    expect(await licensesOf(buyer)).toHaveLength(1);
    expect(await deliveries(dev, buyer)).toHaveLength(1);
  });

  it('D-once: a refund before its sale ends in no license in force and no mail', async () => {
    const buyer = newcomer().email;
    const saleId = await sell(dev, { email: buyer, product_permalink: 'core', ping: false });
    await controlSale(dev, saleId, 'refund');
    await controlSale(dev, saleId, 'ping');
    await settled(saleId, 2);
    expect((await licensesOf(buyer)).filter((l: { status: string }) => l.status === 'active')).toEqual([]);
    expect(await deliveries(dev, buyer)).toEqual([]);
  });

  it('D-webhook: a full refund revokes, a partial one does not', async () => {
    const buyer = newcomer().email;
    const saleId = await sell(dev, { email: buyer, product_permalink: 'lite' });
    await delivered(buyer);
    await controlSale(dev, saleId, 'refund', { partial: true });
    await settled(saleId, 2);
    expect((await licensesOf(buyer))[0].status).toBe('active');
    await controlSale(dev, saleId, 'refund');
    await eventually(
      'the license to be revoked',
      PATIENCE_MS,
      async () => (await licensesOf(buyer))[0].status === 'revoked' || undefined,
    );
  });

  it('D-webhook: a dispute suspends, winning it restores', async () => {
    const buyer = newcomer().email;
    const saleId = await sell(dev, { email: buyer, product_permalink: 'pro' });
    await delivered(buyer);
    const becomes = (status: string) =>
      eventually(
        `the license to be ${status}`,
        PATIENCE_MS,
        async () => (await licensesOf(buyer))[0].status === status || undefined,
      );
    await controlSale(dev, saleId, 'dispute');
    await becomes('suspended');
    await controlSale(dev, saleId, 'dispute_won');
    await becomes('active');
  });

  it('D-webhook G1: a wrong secret is 401 and leaves no row', async () => {
    const saleId = `forged-${randomUUID()}`;
    const form = { sale_id: saleId, resource_name: 'sale', email: newcomer().email };
    const refused = await call('POST', `${dev.public_url}/webhooks/gumroad/wrong`, { form });
    expect(refused.status).toBe(401);
    const { body } = await internal(dev, 'creator-cli', 'GET', `/internal/storefront-events?sale_id=${saleId}`);
    expect(body.events).toEqual([]);
  });

  it('D-webhook G2: a made-up sale mints nothing; what is not understood is stored, parked and 200', async () => {
    const hook = `${dev.public_url}/webhooks/gumroad/${dev.gumroad.webhook_secret}`;
    const buyer = newcomer().email;
    const saleId = `made-up-${randomUUID()}`;
    const form = { sale_id: saleId, resource_name: 'sale', email: buyer, product_permalink: 'pro', price: '9900' };
    expect((await call('POST', hook, { form })).status).toBe(200);
    const [event] = await settled(saleId, 1);
    expect(event.state).toBe('parked');
    expect(await licensesOf(buyer)).toEqual([]);
    const odd = await call('POST', hook, { json: ['not', 'a', 'sale'] });
    expect(odd.status).toBe(200);
  });

  it('D-webhook G15: an unmapped product is parked', async () => {
    const buyer = newcomer().email;
    const saleId = await sell(dev, { email: buyer, product_permalink: 'poster' });
    const [event] = await settled(saleId, 1);
    expect(event.state).toBe('parked');
    expect(await licensesOf(buyer)).toEqual([]);
  });
});

describe('the internal listener', () => {
  const order = () => ({
    name: 'Kit Fern',
    email: newcomer('kit').email,
    tier: 'core',
    years: 1,
    notes: 'replacement',
  });

  it('D-mint D-key-format D-schema: mints a license with a key and a blob', async () => {
    const { status, body } = await internal(dev, 'creator-cli', 'POST', '/internal/mint', order());
    expect(status).toBe(201);
    expect(body.license_key).toMatch(/^DT1-CORE-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
    expect(body.blob).toMatch(/^DTLIC2:/);
  });

  it('D-mint: an idempotency key gives the same license; with another body it is 422', async () => {
    const json = order();
    const headers = {
      'x-internal-secret': `creator-cli.${dev.internal_callers['creator-cli']}`,
      'idempotency-key': randomUUID(),
    };
    const post = (body: object) => call('POST', `${dev.internal_url}/internal/mint`, { json: body, headers });
    const [first, second] = [await post(json), await post(json)];
    expect(second.body.license_key).toBe(first.body.license_key);
    expect((await post({ ...json, tier: 'pro' })).status).toBe(422);
  });

  it('D-revoke: revokes by key; again is the same answer; an unknown key is 404', async () => {
    const minted = (await internal(dev, 'creator-cli', 'POST', '/internal/mint', order())).body;
    const revoke = () =>
      internal(dev, 'creator-cli', 'POST', '/internal/revoke', { license_key: minted.license_key, reason: 'lost' });
    const [first, second] = [await revoke(), await revoke()];
    expect(first.body).toMatchObject({ status: 'revoked', revoked_at: expect.any(String) });
    expect(second.body).toEqual(first.body);
    const unknown = await internal(dev, 'creator-cli', 'POST', '/internal/revoke', {
      license_key: 'DT1-PRO-0000-0000',
    });
    expect(unknown.status).toBe(404);
  });

  it('D-internal-auth: a caller without the scope is 403, a wrong secret 401, and the public listener has no such path', async () => {
    expect((await internal(dev, 'billing', 'POST', '/internal/mint', order())).status).toBe(403);
    const wrong = await call('POST', `${dev.internal_url}/internal/mint`, {
      json: order(),
      headers: { 'x-internal-secret': 'creator-cli.wrong' },
    });
    expect(wrong.status).toBe(401);
    expect(
      (await internal({ ...dev, internal_url: dev.public_url }, 'creator-cli', 'POST', '/internal/mint', order()))
        .status,
    ).toBe(404);
  });
});
