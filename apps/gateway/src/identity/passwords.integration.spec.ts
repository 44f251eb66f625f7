import {
  ChangePassword,
  ForgotPassword,
  RegisterUser,
  ResetPassword,
  SecureAccount,
  TokenInvalid,
  UndoEmailChange,
  VerifyEmail,
  VerifyEmailByCode,
} from '#contracts';
import { Edge, type RunningGateway } from '../../test/gateway-under-test.js';

let edge: Edge;
let gateway: RunningGateway;

beforeAll(async () => {
  edge = await Edge.start();
  gateway = await edge.gateway();
});
afterAll(() => edge.stop());
beforeEach(() => edge.neighbours.forget());

const post = (path: string, json: object, token?: string) => gateway.call('POST', `/v1/auth/${path}`, { json, token });
const SESSION = '01890000-0000-7000-8000-00000000000c';

describe('passwords', () => {
  it.each(['password/change', 'password/reset', 'account/secure', 'email/undo'])(
    'R-JW9: sessions that %s ends are refused here before the answer is out',
    async (path) => {
      const ended = { session_ids: [SESSION] };
      const body = {
        'password/change': { current_password: 'a', new_password: 'a newer lantern' },
        'password/reset': { token: 't', new_password: 'a newer lantern' },
      }[path] ?? { token: 't' };
      for (const command of [ChangePassword, ResetPassword, SecureAccount, UndoEmailChange]) {
        edge.neighbours.on(command as typeof SecureAccount, () => ended);
      }
      const token = edge.issuer.token({ sid: `${SESSION.slice(0, -1)}d` });
      expect((await post(path, body, token)).status).toBe(204);
      const dead = await gateway.call('GET', '/v1/auth/me', { token: edge.issuer.token({ sid: SESSION }) });
      expect(dead.status).toBe(401);
    },
  );

  it('R-PW9: a change without the current password is 400, without a token 401', async () => {
    const missing = await post('password/change', { new_password: 'a newer lantern' }, edge.issuer.token());
    expect([missing.status, missing.body.errors[0].field]).toEqual([400, 'current_password']);
    expect((await post('password/change', { current_password: 'a', new_password: 'a newer lantern' })).status).toBe(
      401,
    );
  });

  it('C-password.forgot: 204 without a body; what is no address is 400', async () => {
    edge.neighbours.on(ForgotPassword, () => ({}) as never);
    const answer = await post('password/forgot', { email: 'a@example.com' });
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect((await post('password/forgot', { email: 'nonsense' })).status).toBe(400);
  });

  it('C-password.reset: a bad token is 400 token_invalid', async () => {
    edge.neighbours.on(ResetPassword, () => {
      throw TokenInvalid.with();
    });
    const answer = await post('password/reset', { token: 'x', new_password: 'a newer lantern' });
    expect([answer.status, answer.body.code]).toEqual([400, 'token_invalid']);
  });
});

describe('proofs of an address', () => {
  it('C-email.verify: by token without a bearer, by code only with one, and not without either', async () => {
    edge.neighbours.on(VerifyEmail, () => ({ id: 'u' }) as never);
    edge.neighbours.on(VerifyEmailByCode, () => ({ id: 'u' }) as never);
    expect((await post('verify', { token: 'x' })).status).toBe(200);
    expect((await post('verify', { code: '1234 5678' })).status).toBe(401);
    expect((await post('verify', { code: '1234 5678' }, edge.issuer.token())).status).toBe(200);
    expect(edge.neighbours.last(VerifyEmailByCode)!.actor).toMatchObject({ kind: 'user' });
    expect((await post('verify', {})).body.errors[0].field).toBe('token');
  });

  it('R-EN1: a registration that waits for its proof is 202 with nothing but that', async () => {
    edge.neighbours.on(RegisterUser, () => ({ verification_required: true }) as never);
    const answer = await post('register', {
      email: 'a@example.com',
      username: 'ada',
      password: 'correct horse battery',
    });
    expect([answer.status, answer.body]).toEqual([202, { verification_required: true }]);
    expect(answer.headers.get('set-cookie')).toBeNull();
  });
});

describe('the pages behind mailed links', () => {
  const PAGES = [
    ['verify-email', '/v1/auth/verify'],
    ['change-email', '/v1/auth/email/confirm'],
    ['undo-email-change', '/v1/auth/email/undo'],
    ['secure-account', '/v1/auth/account/secure'],
    ['undo-deletion', '/v1/auth/account/undo'],
    ['reset-password', '/v1/auth/password/reset'],
    ['forgot-password', '/v1/auth/password/forgot'],
  ] as const;

  it.each(PAGES)(
    'R-RC5 E-headers: opening /%s asks no service anything; its own script posts to %s',
    async (path, to) => {
      edge.neighbours.asked.length = 0;
      for (const method of ['GET', 'HEAD']) {
        const page = await gateway.call(method, `/${path}?token=abc`);
        expect(page.status).toBe(200);
        if (method === 'GET') expect(page.text).toContain(to);
        const nonce = /script-src 'nonce-([^']+)'/.exec(page.headers.get('content-security-policy')!)![1]!;
        if (method === 'GET') expect(page.text).toContain(`<script nonce="${nonce}">`);
        // Nothing that the policy would refuse: no inline handler, no inline style.
        expect(page.text).not.toMatch(/ on[a-z]+="| style="|javascript:/);
      }
      expect(edge.neighbours.asked).toEqual([]);
    },
  );

  it('R-PW5: password fields are of type password, may be pasted into and are named for password managers', async () => {
    const { text } = await gateway.call('GET', '/reset-password');
    expect(text.match(/<input[^>]+type="password"[^>]+autocomplete="new-password"/g)).toHaveLength(2);
    expect(text).not.toMatch(/paste|maxlength/);
  });
});

it('R-LG2: no secret of all this is in any line of the log', () => {
  for (const line of edge.lines) expect(line).not.toMatch(/1234 ?5678|correct horse|a@example\.com/);
});
