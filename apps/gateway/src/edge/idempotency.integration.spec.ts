import { randomUUID } from 'node:crypto';
import {
  ChangePlan,
  Empty,
  fieldsOf,
  GrantRenewal,
  ImportLicenses,
  RotateKey,
  StartReconciliation,
  Unavailable,
  type Type,
} from '#contracts';
import { Edge, SECRETS, type Got, type RunningGateway, type Sent } from '../../test/gateway-under-test.js';
import { keepsAnswers } from './idempotency.js';

let edge: Edge;
let gateway: RunningGateway;
let other: RunningGateway;

beforeAll(async () => {
  edge = await Edge.start();
  gateway = await edge.gateway();
  other = await edge.gateway();
});
afterAll(() => edge.stop());
beforeEach(() => edge.neighbours.forget());

let keys = 0;
const newKey = (): string => `key-${++keys}`;
const post = (path: string, key: string, sent: Sent, at = gateway): Promise<Got> =>
  at.asRoot('POST', path, { ...sent, headers: { 'idempotency-key': key, ...sent.headers } });

/** Answers that tell how often they were asked for. */
function counted(command: typeof RotateKey): () => number {
  let done = 0;
  edge.neighbours.on(command, () => ({ kid: `kid-${++done}` }) as never);
  return () => done;
}

const rotate = { json: { purpose: 'license_blob' } };

describe('D-internal-auth: Idempotency-Key on what an internal caller makes', () => {
  it('the same key and body have the same answer on every replica, and nothing is done again', async () => {
    const done = counted(RotateKey);
    const key = newKey();
    const first = await post('/internal/keys/rotate', key, rotate);
    expect([first.status, first.body]).toEqual([201, { kid: 'kid-1' }]);
    for (const at of [gateway, other]) {
      const again = await post('/internal/keys/rotate', key, rotate, at);
      expect([again.status, again.body]).toEqual([201, { kid: 'kid-1' }]);
    }
    expect(done()).toBe(1);
    expect((await post('/internal/keys/rotate', newKey(), rotate)).body).toEqual({ kid: 'kid-2' });
  });

  it('20 at once are one', async () => {
    const done = counted(RotateKey);
    const key = newKey();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) => post('/internal/keys/rotate', key, rotate, at % 2 ? gateway : other)),
    );
    expect(answers.map(({ status, body }) => [status, body.kid])).toEqual(answers.map(() => [201, 'kid-1']));
    expect(done()).toBe(1);
  });

  it('the same key with another body is 422; members in another order are the same body', async () => {
    edge.neighbours.on(GrantRenewal, (input) => ({ ...input, used: false }) as never);
    const key = newKey();
    const body = '{"license_key":"DT1-PRO-0000-0000","order":"o-1","years":1}';
    const turned = '{"years":1,"order":"o-1","license_key":"DT1-PRO-0000-0000"}';
    const headers = { 'content-type': 'application/json' };
    expect((await post('/internal/renewals', key, { body, headers })).status).toBe(200);
    expect((await post('/internal/renewals', key, { body: turned, headers })).status).toBe(200);
    const reused = await post('/internal/renewals', key, { body: body.replace('o-1', 'o-2'), headers });
    expect([reused.status, reused.body.code]).toEqual([422, 'idempotency_key_reused']);
  });

  it('D-internal-auth: beside an event id of the body’s own the key is kept all the same', async () => {
    let done = 0;
    edge.neighbours.on(ChangePlan, ({ input }) => ({ event_id: input.event_id, duplicate: done++ > 0 }));
    const change = { event_id: 'e-1', user_id: randomUUID(), plan: 'pro', effective_at: '2026-01-01T00:00:00Z' };
    const send = (key: string, json: object) => post('/internal/billing/plan-changes', key, { json });
    const key = newKey();
    for (const _ of [1, 2]) {
      const got = await send(key, change);
      expect([got.status, got.body]).toEqual([202, { event_id: 'e-1', duplicate: false }]);
    }
    expect((await send(key, { ...change, event_id: 'e-2' })).body.code).toBe('idempotency_key_reused');
    const { event_id: _, ...unnamed } = change;
    const bare = newKey();
    expect((await send(bare, unnamed)).body.event_id).toBe(bare);
  });

  it('an upload is known by its bytes and by what its query says', async () => {
    edge.neighbours.on(ImportLicenses, () => ({ id: null, rows: [] }) as never);
    const [key, headers] = [newKey(), { 'content-type': 'application/x-ndjson' }];
    const upload = (query: string, body: string) => post(`/internal/imports${query}`, key, { body, headers });
    expect((await upload('?dry_run=true', '{}\n')).status).toBe(200);
    expect((await upload('?dry_run=true', '{}\n')).status).toBe(200);
    expect((await upload('?dry_run=false', '{}\n')).status).toBe(422);
    expect((await upload('?dry_run=true', '{} \n')).status).toBe(422);
  });

  it('what was refused is not kept: it may be mended, and what was away may be asked again', async () => {
    const key = newKey();
    expect((await post('/internal/reconciliations', key, { json: { mode: 'nonsense' } })).status).toBe(400);
    edge.neighbours.on(StartReconciliation, () => {
      throw Unavailable.with();
    });
    expect((await post('/internal/reconciliations', key, { json: {} })).status).toBe(503);
    edge.neighbours.on(StartReconciliation, () => ({ id: 'r-1' }) as never);
    expect((await post('/internal/reconciliations', key, { json: {} })).body).toEqual({ id: 'r-1' });
  });

  it('keys of one caller are none of another’s, and a caller without the scope learns nothing by a key', async () => {
    counted(RotateKey);
    const key = newKey();
    expect((await post('/internal/keys/rotate', key, rotate)).status).toBe(201);
    const headers = { 'x-internal-secret': `billing.${SECRETS.billing}` };
    expect((await post('/internal/keys/rotate', key, { ...rotate, headers })).status).toBe(403);
  });

  it('D-pii: no answer is kept that names a person or has a blob in it', () => {
    const kept = gateway.gateway.routes.routes.filter((r) => r.method === 'POST' && keepsAnswers(r.options));
    expect(kept.length).toBeGreaterThan(10);
    const named = (of: Type): string[] =>
      fieldsOf(of).flatMap((f) => [
        ...(f.format === 'email' || f.secret || ['name', 'blob'].includes(f.name) ? [f.name] : []),
        ...(f.of ? named(f.of()) : []),
      ]);
    for (const { path, options } of kept)
      expect([path, named(options.docs?.answer ?? options.command?.response ?? Empty)]).toEqual([path, []]);
  });

  it('a key that is too long is refused by its name', async () => {
    const got = await post('/internal/keys/rotate', 'k'.repeat(129), rotate);
    expect([got.status, got.body.errors[0].field]).toEqual([400, 'idempotency_key']);
  });
});
