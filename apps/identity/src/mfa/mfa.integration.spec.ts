import {
  DisableMfa,
  ListSessions,
  Login,
  LoginMfa,
  MfaDisabled,
  MfaEnabled,
  MfaRefused,
  ReadMe,
  ReadMfa,
  Reauthenticate,
  RecoveryCodeUsed,
  RefreshSession,
  RenewRecoveryCodes,
  SetupMfa,
  VerifyMfa,
  type IssuedTokens,
} from '#contracts';
import { actorOf, IdentityApp, issuedOf, outcome, parallel, PASSWORD } from '../../test/identity-app.js';
import { interleaved } from '../../test/interleaved.js';
import { claimsOf } from '../../test/neighbours.js';
import { AccountSweep } from '../recovery/account-sweep.service.js';
import { codeOf, stepAt } from './totp.rules.js';

let app: IdentityApp;
beforeAll(async () => {
  app = await IdentityApp.start();
});
afterAll(() => app?.stop());

const as = (issued: IssuedTokens) => ({ actor: actorOf(issued), timeoutMs: 30_000 });
const fromBase32 = (text: string): Buffer => {
  const bits = [...text]
    .map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0'))
    .join('');
  return Buffer.from(bits.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2)));
};
/** The code of now, or of a step beside it: each step counts once. */
const codeFor = (secret: string, off = 0) => codeOf(fromBase32(secret), stepAt(Date.now()) + off);
/** A code that none of these secrets has for minutes. */
const wrongFor = (...secrets: string[]): string => {
  const right = secrets.flatMap((secret) => Array.from({ length: 20 }, (_, i) => codeFor(secret, i - 2)));
  return Array.from({ length: 100 }, (_, i) => String(i).padStart(6, '0')).find((code) => !right.includes(code))!;
};

interface Enrolled {
  issued: IssuedTokens;
  secret: string;
  codes: string[];
}
async function enrol(): Promise<Enrolled> {
  const issued = await app.register();
  const { secret } = await app.ask(SetupMfa, {}, as(issued));
  const { recovery_codes } = await app.ask(VerifyMfa, { code: codeFor(secret) }, as(issued));
  // As if that had been a step ago: the code of now still counts.
  await app.database.query('UPDATE totp_factors SET last_step = last_step - 1 WHERE user_id = $1', [
    issued.tokens.user.id,
  ]);
  return { issued, secret, codes: recovery_codes };
}
const nameOf = ({ tokens }: IssuedTokens) => tokens.user.email!;
const challenge = async (issued: IssuedTokens) => {
  const answer = await app.ask(Login, { login: nameOf(issued), password: PASSWORD }, { timeoutMs: 30_000 });
  if (!answer.challenge) throw new Error('no second factor was asked for');
  return answer.challenge;
};
const second = (mfa_token: string, code: string) => app.ask(LoginMfa, { mfa_token, code }, { timeoutMs: 30_000 });
const live = async (issued: IssuedTokens) =>
  (
    await app.database.query<{ n: number }>(
      'SELECT count(*)::integer AS n FROM auth_sessions WHERE user_id = $1 AND revoked_at IS NULL',
      [issued.tokens.user.id],
    )
  )[0]!.n;

describe('setting two-step sign-in up', () => {
  it('C-mfa.setup C-mfa.verify R-MF3 R-MF4: counts from the first right code, and gives ten recovery codes', async () => {
    const issued = await app.register();
    const setup = await app.ask(SetupMfa, {}, as(issued));
    expect(fromBase32(setup.secret)).toHaveLength(20);
    expect(setup.otpauth_url).toContain(`secret=${setup.secret}&`);
    expect(setup.qr_svg).toMatch(/^<svg /);
    await expect(outcome(app.login(nameOf(issued), PASSWORD))).resolves.toBe('ok');
    const wrong = wrongFor(setup.secret);
    await expect(outcome(app.ask(VerifyMfa, { code: wrong }, as(issued)))).resolves.toBe('mfa_code_invalid');
    const { recovery_codes } = await app.ask(VerifyMfa, { code: codeFor(setup.secret) }, as(issued));
    expect(new Set(recovery_codes).size).toBe(10);
    expect(await app.events(MfaEnabled, issued.tokens.user.id)).toHaveLength(1);
    await expect(app.ask(ReadMfa, {}, as(issued))).resolves.toMatchObject({
      enabled: true,
      methods: ['totp', 'recovery_code'],
      recovery_codes_left: 10,
    });
  });

  it('C-mfa.setup: again before that rotates the secret; once it is on it is 409', async () => {
    const issued = await app.register();
    const first = await app.ask(SetupMfa, {}, as(issued));
    const second = await app.ask(SetupMfa, {}, as(issued));
    expect(second.secret).not.toBe(first.secret);
    await expect(outcome(app.ask(VerifyMfa, { code: codeFor(first.secret) }, as(issued)))).resolves.toBe(
      'mfa_code_invalid',
    );
    await app.ask(VerifyMfa, { code: codeFor(second.secret) }, as(issued));
    await expect(outcome(app.ask(SetupMfa, {}, as(issued)))).resolves.toBe('mfa_already_enabled');
    await expect(outcome(app.ask(VerifyMfa, { code: codeFor(second.secret) }, as(issued)))).resolves.toBe(
      'mfa_already_enabled',
    );
  });

  it('C-mfa.verify: without a setup it is refused; ten wrong codes are the budget', async () => {
    const issued = await app.register();
    await expect(outcome(app.ask(VerifyMfa, { code: '123456' }, as(issued)))).resolves.toBe('mfa_not_enabled');
    const { secret } = await app.ask(SetupMfa, {}, as(issued));
    const wrong = wrongFor(secret);
    const outcomes = await parallel(14, () => outcome(app.ask(VerifyMfa, { code: wrong }, as(issued))));
    expect(outcomes.filter((o) => o === 'mfa_code_invalid')).toHaveLength(10);
    await expect(outcome(app.ask(VerifyMfa, { code: codeFor(secret) }, as(issued)))).resolves.toBe('rate_limited');
  });

  it('R-MF3: neither secret nor code is in the database', async () => {
    const { issued, secret, codes } = await enrol();
    const [row] = await app.database.query<{ sealed_secret: string }>(
      'SELECT sealed_secret FROM totp_factors WHERE user_id = $1',
      [issued.tokens.user.id],
    );
    expect(row!.sealed_secret).not.toContain(secret);
    const rows = await app.database.query('SELECT * FROM recovery_codes WHERE user_id = $1', [issued.tokens.user.id]);
    expect(JSON.stringify(rows)).not.toContain(codes[0]!.replaceAll('-', ''));
  });
});

describe('a sign-in with two steps', () => {
  it('C-user.login_mfa R-MF6: no session and no token before the second step; then a whole session', async () => {
    const { issued, secret } = await enrol();
    const before = await live(issued);
    const { mfa_token, methods } = await challenge(issued);
    expect(methods).toEqual(['totp', 'recovery_code']);
    expect(await live(issued)).toBe(before);
    const done = issuedOf(await second(mfa_token, codeFor(secret)));
    expect(claimsOf(done.tokens.access_token)).toMatchObject({ amr: ['pwd', 'otp', 'mfa'] });
    expect(done.tokens.refresh_token).toEqual(expect.any(String));
    await expect(outcome(app.ask(ReadMe, {}, as(done)))).resolves.toBe('ok');
  });

  it('R-MF6: the interim token is good for nothing else, and once', async () => {
    const { issued, codes } = await enrol();
    const { mfa_token } = await challenge(issued);
    await expect(outcome(app.ask(RefreshSession, { refresh_token: mfa_token }))).resolves.toBe('refresh_token_invalid');
    await second(mfa_token, codes[0]!);
    await expect(outcome(second(mfa_token, codes[1]!))).resolves.toBe('token_invalid');
    await expect(outcome(second('mfa_made-up', codes[1]!))).resolves.toBe('token_invalid');
    const old = await challenge(issued);
    await app.database.query(`UPDATE mfa_challenges SET expires_at = now() WHERE consumed_at IS NULL`);
    await expect(outcome(second(old.mfa_token, codes[1]!))).resolves.toBe('token_invalid');
  });

  it('R-MF6 R-RC1: a sign-in that waits is worth nothing once its password is another one', async () => {
    const { issued, codes } = await enrol();
    const { mfa_token } = await challenge(issued);
    // As if the challenge had been written in the moment after a reset has swept the account.
    const replaced = 'UPDATE website_users SET credential_version = credential_version + 1 WHERE id = $1';
    await app.database.query(replaced, [issued.tokens.user.id]);
    await expect(outcome(second(mfa_token, codes[0]!))).resolves.toBe('invalid_credentials');
    const anew = await challenge(issued);
    await expect(second(anew.mfa_token, codes[0]!)).resolves.toHaveProperty('issued');
  });

  it('H3 SEC14: of 50 that show one token and code at once, one is signed in', async () => {
    const { issued, codes } = await enrol();
    const before = await live(issued);
    const { mfa_token } = await challenge(issued);
    await app.database.query('DELETE FROM guess_budgets');
    const outcomes = await parallel(50, () => outcome(second(mfa_token, codes[0]!)));
    expect(outcomes.filter((o) => o === 'ok')).toHaveLength(1);
    expect(await live(issued)).toBe(before + 1);
  });

  it('R-MF1 SEC14: a step counts once, in whatever sign-in it is shown again', async () => {
    const { issued, secret } = await enrol();
    const challenges = await Promise.all(Array.from({ length: 8 }, () => challenge(issued)));
    const code = codeFor(secret);
    const outcomes = await Promise.all(challenges.map(({ mfa_token }) => outcome(second(mfa_token, code))));
    expect(outcomes.filter((o) => o === 'ok')).toHaveLength(1);
    const later = await challenge(issued);
    await expect(outcome(second(later.mfa_token, code))).resolves.toBe('mfa_code_invalid');
    await expect(outcome(second(later.mfa_token, codeFor(secret, 1)))).resolves.toBe('ok');
  });

  it('R-MF5: a recovery code works once, as it is typed, and its person is told', async () => {
    const { issued, codes } = await enrol();
    const { mfa_token } = await challenge(issued);
    const done = issuedOf(await second(mfa_token, ` ${codes[3]!.toLowerCase().replaceAll('-', ' ')} `));
    expect(claimsOf(done.tokens.access_token).amr).toEqual(['pwd', 'recovery_code', 'mfa']);
    expect(await app.events(RecoveryCodeUsed, issued.tokens.user.id)).toMatchObject([{ left: 9 }]);
    const again = await challenge(issued);
    await expect(outcome(second(again.mfa_token, codes[3]!))).resolves.toBe('mfa_code_invalid');
  });

  it('R-BF6: ten wrong codes end it for a while, and a new sign-in gives no new tries', async () => {
    const { issued, secret } = await enrol();
    const first = await challenge(issued);
    const wrong = wrongFor(secret);
    for (let i = 0; i < 10; i++) await outcome(second(first.mfa_token, wrong));
    const fresh = await challenge(issued);
    await expect(outcome(second(fresh.mfa_token, codeFor(secret)))).resolves.toBe('rate_limited');
    const refusals = await app.events(MfaRefused, issued.tokens.user.id);
    expect(refusals.map((r) => r.reason)).toEqual([...Array<string>(10).fill('wrong_code'), 'blocked']);
  });

  it('R-MF7: a sign-in that was under way when it was switched on gets no session either', async () => {
    const issued = await app.register();
    const { secret } = await app.ask(SetupMfa, {}, as(issued));
    let enabled: Promise<unknown> | undefined;
    app.secrets.beforeAnswer = async () => {
      enabled ??= app.ask(VerifyMfa, { code: codeFor(secret) }, as(issued));
      await enabled;
    };
    const late = await outcome(app.ask(Login, { login: nameOf(issued), password: PASSWORD }, { timeoutMs: 30_000 }));
    app.secrets.beforeAnswer = async () => {};
    expect(late).toBe('invalid_credentials');
  });

  it('R-BF5: a suspended account gets nothing from the second step', async () => {
    const { issued, codes } = await enrol();
    const { mfa_token } = await challenge(issued);
    await app.database.query('UPDATE website_users SET is_active = false WHERE id = $1', [issued.tokens.user.id]);
    await expect(outcome(second(mfa_token, codes[0]!))).resolves.toBe('invalid_credentials');
  });
});

describe('changing it', () => {
  it('C-mfa.disable: needs the password, and then nothing is asked for', async () => {
    const { issued } = await enrol();
    await expect(outcome(app.ask(DisableMfa, { password: 'wrong' }, as(issued)))).resolves.toBe('invalid_credentials');
    const waiting = await challenge(issued);
    await app.ask(DisableMfa, { password: PASSWORD }, as(issued));
    expect(await app.events(MfaDisabled, issued.tokens.user.id)).toHaveLength(1);
    await expect(outcome(app.login(nameOf(issued), PASSWORD))).resolves.toBe('ok');
    await expect(outcome(second(waiting.mfa_token, '000000'))).resolves.toBe('token_invalid');
    await expect(outcome(app.ask(DisableMfa, { password: PASSWORD }, as(issued)))).resolves.toBe('mfa_not_enabled');
  });

  it('R-MF5: new recovery codes void the old ones', async () => {
    const { issued, codes } = await enrol();
    const renewed = await app.ask(RenewRecoveryCodes, { password: PASSWORD }, as(issued));
    const { mfa_token } = await challenge(issued);
    await expect(outcome(second(mfa_token, codes[0]!))).resolves.toBe('mfa_code_invalid');
    await expect(outcome(second(mfa_token, renewed.recovery_codes[0]!))).resolves.toBe('ok');
  });
});

describe('step-up', () => {
  const step = (issued: IssuedTokens, input: object) => app.ask(Reauthenticate, input, as(issued));

  it('R-SE2 R-JW6: goes on in a fresh session, and the one before is dead', async () => {
    const issued = await app.register();
    await app.database.query(`UPDATE auth_sessions SET auth_time = now() - interval '1 hour' WHERE id = $1`, [
      issued.session_id,
    ]);
    const fresh = issuedOf(await step(issued, { password: PASSWORD }));
    expect(fresh.session_id).not.toBe(issued.session_id);
    expect(Date.now() / 1_000 - Number(claimsOf(fresh.tokens.access_token).auth_time)).toBeLessThan(60);
    await expect(outcome(app.ask(ListSessions, {}, as(issued)))).resolves.toBe('invalid_token');
    await expect(outcome(app.refresh(issued.tokens.refresh_token))).resolves.toBe('refresh_token_invalid');
    await expect(outcome(app.ask(ListSessions, {}, as(fresh)))).resolves.toBe('ok');
  });

  it('R-SE2 R-RC7: does not block what ends all sessions at the same time, nor is blocked by it', async () => {
    const { session_id, tokens } = await app.register();
    const { id } = tokens.user;
    const sweep = app.get(AccountSweep);
    const write = () => app.transactions.query('UPDATE website_users SET updated_at = now() WHERE id = $1', [id]);
    const recover = () => write().then(() => sweep.endSessions(id, 'password_changed'));
    const end = () => sweep.endSession(id, session_id, 'user_revoked');
    await expect(interleaved(app, [end, write], recover)).resolves.toBeUndefined();
  });

  it('R-SE2: of ten at once one goes on', async () => {
    const issued = await app.register();
    const outcomes = await parallel(10, () => outcome(step(issued, { password: PASSWORD })));
    expect(outcomes.filter((o) => o === 'ok')).toHaveLength(1);
  });

  it('R-MF7: takes a code, keeps what was proven, and refuses what is wrong', async () => {
    const { issued, secret, codes } = await enrol();
    const { mfa_token } = await challenge(issued);
    const whole = issuedOf(await second(mfa_token, codes[0]!));
    await expect(outcome(step(whole, {}))).resolves.toBe('validation_failed');
    await expect(outcome(step(whole, { password: 'wrong' }))).resolves.toBe('invalid_credentials');
    await expect(outcome(step(whole, { code: wrongFor(secret) }))).resolves.toBe('mfa_code_invalid');
    const fresh = issuedOf(await step(whole, { code: codeFor(secret) }));
    expect(claimsOf(fresh.tokens.access_token).amr).toEqual(['pwd', 'recovery_code', 'mfa', 'otp']);
  });

  it('R-MF7: a session from before it was switched on is asked for the code', async () => {
    const { issued } = await enrol();
    const answer = await step(issued, { password: PASSWORD });
    expect(answer.issued).toBeUndefined();
    expect(answer.challenge?.mfa_token).toMatch(/^mfa_/);
  });
});
