import { randomUUID } from 'node:crypto';
import { DeleteAccount, ExportPersonalData, ListErasures, UndoDeletion, UpdateAgentConfig } from '#contracts';
import { Edge, type RunningGateway } from '../../test/gateway-under-test.js';

let edge: Edge;
let gateway: RunningGateway;

beforeAll(async () => {
  edge = await Edge.start();
  gateway = await edge.gateway();
});
afterAll(() => edge.stop());
beforeEach(() => edge.neighbours.forget());

const file = () => ({ exported_at: '2026-01-02T03:04:05.678Z', user_id: randomUUID(), services: { identity: {} } });

describe('DELETE /v1/auth/account', () => {
  it('C-account.delete: takes the password from the body and from nowhere else', async () => {
    edge.neighbours.on(DeleteAccount, () => ({ session_ids: [] }));
    const json = { password: 'correct horse' };
    expect((await gateway.call('DELETE', '/v1/auth/account', { token: edge.issuer.token(), json })).status).toBe(204);
    expect(edge.neighbours.last(DeleteAccount)!.input).toEqual(json);
    await gateway.call('DELETE', '/v1/auth/account?password=correct+horse', { token: edge.issuer.token() });
    expect(edge.neighbours.last(DeleteAccount)!.input).toEqual({});
  });

  it('R-GD1 R-JW9: this gateway refuses what has ended before it answers', async () => {
    const sid = randomUUID();
    const token = edge.issuer.token({ sid });
    edge.neighbours.on(DeleteAccount, () => ({ session_ids: [sid] }));
    const gone = await gateway.call('DELETE', '/v1/auth/account', { token });
    expect([gone.status, gone.headers.get('clear-site-data')]).toEqual([204, '"cache", "storage"']);
    expect((await gateway.call('DELETE', '/v1/auth/account', { token })).status).toBe(401);
  });

  it('C-account.delete: clears the cookie of a cookie client', async () => {
    edge.neighbours.on(DeleteAccount, () => ({ session_ids: [] }));
    const token = edge.issuer.token({ client_id: 'dashboard' });
    const gone = await gateway.call('DELETE', '/v1/auth/account', { token });
    expect(gone.headers.getSetCookie().join()).toMatch(/dash=;.*Max-Age=0/i);
  });

  it.each([[{ password: 7 }], [{ confirm: true }], [[]]])('C-account.delete: %j is refused', async (json) => {
    const refused = await gateway.call('DELETE', '/v1/auth/account', { token: edge.issuer.token(), json });
    expect([refused.status, refused.body.code]).toEqual([400, 'validation_failed']);
    expect(edge.neighbours.last(DeleteAccount)).toBeUndefined();
  });

  it('E-guard: asks for a token', async () => {
    expect((await gateway.call('DELETE', '/v1/auth/account')).status).toBe(401);
  });
});

it('R-GD1: POST /v1/auth/account/undo takes the mailed token and needs no other', async () => {
  const json = { token: 'from-the-mail' };
  const answer = await gateway.call('POST', '/v1/auth/account/undo', { json });
  expect([answer.status, answer.text]).toEqual([204, '']);
  expect(edge.neighbours.last(UndoDeletion)!.input).toEqual(json);
});

it('R-GD3: GET /v1/auth/export is a file that nobody keeps', async () => {
  edge.neighbours.on(ExportPersonalData, file);
  const got = await gateway.call('GET', '/v1/auth/export', { token: edge.issuer.token() });
  expect(got.headers.get('content-disposition')).toBe('attachment; filename="gatehouse-export-2026-01-02.json"');
  expect(got.headers.get('cache-control')).toBe('no-store');
  expect(got.body.services).toEqual({ identity: {} });
});

it('R-SE7 R-GD3: GET /v1/auth/export asks for a fresh sign-in, and is no file then', async () => {
  const token = edge.issuer.token({ auth_time: Math.floor(Date.now() / 1_000) - 301 });
  const refused = await gateway.call('GET', '/v1/auth/export', { token });
  expect([refused.status, refused.body.code]).toEqual([401, 'insufficient_user_authentication']);
  expect(refused.headers.get('www-authenticate')).toContain('max_age');
  expect(refused.headers.get('content-disposition')).toBeNull();
});

it('R-AD2: the report of erasures is for staff', async () => {
  edge.neighbours.on(ListErasures, () => ({ erasures: [] }));
  expect((await gateway.call('GET', '/v1/admin/erasures', { token: edge.issuer.token() })).status).toBe(403);
});

it('C-agent_config.put: the body goes on as it is, so that whoever knows the lists names every bad field', async () => {
  const json = { voice: { tts_provider: 7 }, unknown: {} };
  await gateway.call('PUT', '/v1/auth/agent-config', { token: edge.issuer.token(), json });
  expect(edge.neighbours.last(UpdateAgentConfig)!.input).toEqual({ patch: json });
  const refused = await gateway.call('PUT', '/v1/auth/agent-config', { token: edge.issuer.token(), json: [] });
  expect([refused.status, refused.body.code]).toEqual([400, 'validation_failed']);
});
