import { Edge, SECRETS } from '../../test/gateway-under-test.js';
import { sign } from '../access/signature.rules.js';

it('REL10: while the broker is away every command is 503, and keys and liveness stay', async () => {
  const edge = await Edge.start();
  try {
    const gateway = await edge.gateway();
    const token = edge.issuer.token();
    const t = Math.floor(Date.now() / 1000);
    const v1 = sign(SECRETS.root, t, { method: 'GET', path: '/internal/orders', body: Buffer.alloc(0) });
    const signed = { headers: { 'x-internal-signature': `t=${t},caller=root,v1=${v1}` } };
    expect((await gateway.call('GET', '/v1/auth/me', { token })).status).toBe(200);

    await edge.loseBroker();
    for (const got of [
      await gateway.call('GET', '/v1/auth/me', { token }),
      await gateway.call('POST', '/v1/auth/login', { json: { username: 'a', password: 'b' } }),
      await gateway.call('POST', '/webhooks/gumroad/s3cret', { form: { sale_id: '1' } }),
      await gateway.internal('GET', '/internal/orders', signed),
    ]) {
      expect([got.status, got.body.code, got.headers.has('retry-after')]).toEqual([503, 'unavailable', true]);
    }
    expect((await gateway.call('GET', '/.well-known/jwks.json')).status).toBe(200);
    expect((await gateway.call('GET', '/health/live')).status).toBe(200);
    expect((await gateway.call('GET', '/v1/auth/me', { token: 'x.y.z' })).status).toBe(401);
  } finally {
    await edge.stop();
  }
});

it('BUS7: after a restart of the broker everything works again without a restart of the gateway', async () => {
  const edge = await Edge.start();
  try {
    const gateway = await edge.gateway({ RATE_LIMIT_FACTOR: '100000' });
    const json = { username: 'a', password: 'b' };
    expect((await gateway.call('POST', '/v1/auth/login', { json })).status).toBe(200);
    await edge.broker.restart();
    let status = 0;
    while (status !== 200) status = (await gateway.call('POST', '/v1/auth/login', { json })).status;
  } finally {
    await edge.stop();
  }
});
