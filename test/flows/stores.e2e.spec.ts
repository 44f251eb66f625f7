import { createHmac } from 'node:crypto';
import { verifyBlob } from '#license-format';
import type { DevInfo } from '#local';
import { eventually } from '../support/eventually.js';
import { answered, call } from '../support/http.js';
import { stack } from '../support/index.js';
import { blobIn, deliveries, internal, newcomer } from '../support/people.js';

const STORES = ['lemonsqueezy', 'paddle', 'stripe'] as const;
/** Longer than a lease that was left takes to run out. */
const PATIENCE_MS = 45_000;

let dev: DevInfo;
beforeAll(async () => {
  dev = await stack();
}, 120_000);

const control = async (store: string, path: string, json: object = {}): Promise<{ sale_id: string }> => {
  const { status, body } = await call('POST', `${dev.storefronts[store]!.url}/_control/${path}`, { json });
  if (status >= 300) throw new Error(`the stand-in answered ${status} ${JSON.stringify(body)}`);
  return body as { sale_id: string };
};
const delivered = (address: string) =>
  eventually('a delivery mail', PATIENCE_MS, async () => (await deliveries(dev, address))[0]);
const licenseOf = async (email: string): Promise<{ status: string; tier: string } | undefined> => {
  const path = `/internal/licenses?email=${encodeURIComponent(email)}`;
  return (await answered(() => internal(dev, 'creator-cli', 'GET', path))).body.licenses[0];
};

describe.each(STORES)('a sale at %s', (store) => {
  it('D-webhook D-delivery D-once: becomes a license and a mail, a full refund revokes it', async () => {
    const buyer = newcomer('sasha').email;
    const { sale_id } = await control(store, 'sales', { email: buyer, full_name: 'Sasha Quill', times: 3 });
    const blob = blobIn(await delivered(buyer))!;
    const verdict = await verifyBlob(blob, dev.license_public_keys, { now: Date.now() / 1000, product: 'datatools' });
    expect(verdict).toMatchObject({ code: 'VALID', payload: { tier: 'pro', name: 'Sasha Quill' } });
    await control(store, `sales/${sale_id}/refund`);
    await eventually(
      'the license to be revoked',
      PATIENCE_MS,
      async () => (await licenseOf(buyer))?.status === 'revoked' || undefined,
    );
    expect(await deliveries(dev, buyer)).toHaveLength(1);
  });

  it('SIG1: a webhook without the store’s signature is 400 and not stored', async () => {
    const body = JSON.stringify({ id: 'evt_12345678', event_type: 'transaction.completed', type: 'invoice.paid' });
    const mac = createHmac('sha256', 'somebody else’s secret').update(body).digest('hex');
    const forged = { 'x-signature': mac, 'paddle-signature': `ts=1;h1=${mac}`, 'stripe-signature': `t=1,v1=${mac}` };
    for (const headers of [{}, forged]) {
      const url = `${dev.public_url}/webhooks/${store}`;
      const answer = await fetch(url, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', ...headers },
      });
      expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([400, 'signature_invalid']);
    }
  });
});
