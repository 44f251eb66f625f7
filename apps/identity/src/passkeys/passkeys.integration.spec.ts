import { generateKeyPairSync } from 'node:crypto';
import {
  FinishPasskeyRegistration,
  FinishPasskeySecondFactor,
  FinishPasskeySignIn,
  ListPasskeys,
  Login,
  PasskeyAdded,
  PasskeyRejected,
  PasskeyRemoved,
  ReadMe,
  RemovePasskey,
  StartPasskeyRegistration,
  StartPasskeySecondFactor,
  StartPasskeySignIn,
  type IssuedTokens,
} from '#contracts';
import { actorOf, IdentityApp, issuedOf, outcome, parallel, PASSWORD } from '../../test/identity-app.js';
import { claimsOf } from '../../test/neighbours.js';
import { SoftwareAuthenticator, type Misbehaviour } from '../../test/software-authenticator.js';

let app: IdentityApp;
beforeAll(async () => {
  app = await IdentityApp.start();
});
afterAll(() => app?.stop());

const ORIGIN = 'https://accounts.example.test';
const as = (issued: IssuedTokens) => ({ actor: actorOf(issued), timeoutMs: 30_000 });
const own = new SoftwareAuthenticator(ORIGIN);

async function register(issued: IssuedTokens, device = new SoftwareAuthenticator(ORIGIN), wrong?: Misbehaviour) {
  const { ceremony_id, options } = await app.ask(StartPasskeyRegistration, {}, as(issued));
  const credential = device.create(options as never, wrong);
  const passkey = await app.ask(FinishPasskeyRegistration, { ceremony_id, credential, name: 'Key' }, as(issued));
  return { device, passkey };
}
const start = () => app.ask(StartPasskeySignIn, {});
async function signIn(device: SoftwareAuthenticator, wrong?: Misbehaviour) {
  const { ceremony_id, options } = await start();
  return app.ask(FinishPasskeySignIn, { ceremony_id, credential: device.get(options as never, wrong) });
}

describe('registering a passkey', () => {
  it('R-WA1 R-WA4: with a challenge of its own and a handle that tells nothing of the person', async () => {
    const issued = await app.register();
    const first = await app.ask(StartPasskeyRegistration, {}, as(issued));
    const second = await app.ask(StartPasskeyRegistration, {}, as(issued));
    const [a, b] = [first.options, second.options] as { challenge: string; user: { id: string } }[];
    expect(Buffer.from(a!.challenge, 'base64url').length).toBeGreaterThanOrEqual(16);
    expect(a!.challenge).not.toBe(b!.challenge);
    expect(a!.user.id).toBe(b!.user.id);
    const handle = Buffer.from(a!.user.id, 'base64url');
    expect(handle).toHaveLength(32);
    expect(handle.toString()).not.toContain(issued.tokens.user.username);
  });

  it('keeps it, lists it and tells of it; the same one twice is refused', async () => {
    const issued = await app.register();
    const { device, passkey } = await register(issued);
    expect(passkey).toMatchObject({ name: 'Key', backed_up: false, suspicious: false, last_used_at: null });
    await expect(app.ask(ListPasskeys, {}, as(issued))).resolves.toEqual({ passkeys: [passkey] });
    expect(await app.events(PasskeyAdded, issued.tokens.user.id)).toHaveLength(1);
    await expect(outcome(register(issued, device))).resolves.toBe('passkey_known');
    await expect(outcome(register(await app.register(), device))).resolves.toBe('passkey_known');
  });

  it.each<[string, Misbehaviour]>([
    ['another origin', { origin: 'https://evil.example' }],
    ['another domain', { rpId: 'evil.example' }],
    ['another ceremony', { type: 'webauthn.get' }],
    ['another challenge', { challenge: Buffer.alloc(32).toString('base64url') }],
    ['nobody present', { userPresent: false }],
    ['nobody verified', { userVerified: false }],
  ])('R-WA2: %s is refused', async (_, wrong) => {
    const issued = await app.register();
    await expect(outcome(register(issued, new SoftwareAuthenticator(ORIGIN), wrong))).resolves.toBe('passkey_refused');
    await expect(app.ask(ListPasskeys, {}, as(issued))).resolves.toEqual({ passkeys: [] });
  });

  it('R-WA1: a ceremony is good for its own person, once', async () => {
    const [one, other] = [await app.register(), await app.register()];
    const { ceremony_id, options } = await app.ask(StartPasskeyRegistration, {}, as(one));
    const answer = { ceremony_id, credential: new SoftwareAuthenticator(ORIGIN).create(options as never) };
    await expect(outcome(app.ask(FinishPasskeyRegistration, answer, as(other)))).resolves.toBe('token_invalid');
    const outcomes = await parallel(50, () => outcome(app.ask(FinishPasskeyRegistration, answer, as(one))));
    expect(outcomes.filter((o) => o === 'ok')).toHaveLength(1);
    expect(outcomes.filter((o) => o === 'token_invalid')).toHaveLength(49);
  });
});

describe('signing in with a passkey', () => {
  it('counts as two factors, and nobody has to say who they are', async () => {
    const issued = await app.register();
    const { device } = await register(issued);
    const done = issuedOf(await signIn(device));
    expect(done.tokens.user.id).toBe(issued.tokens.user.id);
    expect(claimsOf(done.tokens.access_token).amr).toEqual(['hwk', 'user', 'mfa']);
    await expect(outcome(app.ask(ReadMe, {}, as(done)))).resolves.toBe('ok');
  });

  it.each<[string, Misbehaviour]>([
    ['another origin', { origin: 'https://evil.example' }],
    ['another domain', { rpId: 'evil.example' }],
    ['another ceremony', { type: 'webauthn.create' }],
    ['another challenge', { challenge: Buffer.alloc(32).toString('base64url') }],
    ['nobody present', { userPresent: false }],
    ['nobody verified', { userVerified: false }],
    ['another key', { signWith: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey }],
  ])('R-WA2: %s is refused, and told of', async (_, wrong) => {
    const issued = await app.register();
    const { device } = await register(issued);
    await expect(outcome(signIn(device, wrong))).resolves.toBe('passkey_refused');
    expect(await app.events(PasskeyRejected, issued.tokens.user.id)).toMatchObject([{ reason: 'not_verified' }]);
  });

  it('R-WA1: an answer is taken once, by one of fifty', async () => {
    const { device } = await register(await app.register());
    const { ceremony_id, options } = await start();
    const answer = { ceremony_id, credential: device.get(options as never) };
    const outcomes = await parallel(50, () => outcome(app.ask(FinishPasskeySignIn, answer)));
    expect(outcomes.filter((o) => o === 'ok')).toHaveLength(1);
  });

  it('R-WA3: a counter that goes backwards is refused and flagged', async () => {
    const issued = await app.register();
    const { device } = await register(issued);
    await signIn(device, { counter: 7 });
    await expect(outcome(signIn(device, { counter: 7 }))).resolves.toBe('passkey_refused');
    await expect(outcome(signIn(device, { counter: 3 }))).resolves.toBe('passkey_refused');
    const { passkeys } = await app.ask(ListPasskeys, {}, as(issued));
    expect(passkeys[0]).toMatchObject({ suspicious: true });
    expect((await app.events(PasskeyRejected, issued.tokens.user.id)).map((e) => e.reason)).toEqual([
      'counter',
      'counter',
    ]);
  });

  it('R-WA2: an unknown passkey and made-up answers are refused', async () => {
    const { options } = await app.ask(StartPasskeyRegistration, {}, as(await app.register()));
    own.create(options as never);
    await expect(outcome(signIn(own))).resolves.toBe('passkey_refused');
    for (const credential of [{}, { id: 5 }, { id: 'x', response: {} }]) {
      const { ceremony_id } = await start();
      await expect(outcome(app.ask(FinishPasskeySignIn, { ceremony_id, credential }))).resolves.toBe('passkey_refused');
    }
  });

  it('R-BF5: a suspended account is not entered', async () => {
    const issued = await app.register();
    const { device } = await register(issued);
    await app.database.query('UPDATE website_users SET is_active = false WHERE id = $1', [issued.tokens.user.id]);
    await expect(outcome(signIn(device))).resolves.toBe('invalid_credentials');
  });
});

describe('a passkey as the second factor', () => {
  const waiting = async () => {
    const issued = await app.register();
    const { device } = await register(issued);
    await app.database.query('UPDATE website_users SET mfa_since = now() WHERE id = $1', [issued.tokens.user.id]);
    const login = { login: issued.tokens.user.email!, password: PASSWORD };
    const { challenge } = await app.ask(Login, login, { timeoutMs: 30_000 });
    return { issued, device, mfa_token: challenge!.mfa_token, methods: challenge!.methods };
  };

  it('R-MF7: ends the sign-in that waits for it', async () => {
    const { device, mfa_token, methods } = await waiting();
    expect(methods).toEqual(['passkey']);
    const { ceremony_id, options } = await app.ask(StartPasskeySecondFactor, { mfa_token });
    const answer = { mfa_token, ceremony_id, credential: device.get(options as never) };
    const done = issuedOf(await app.ask(FinishPasskeySecondFactor, answer));
    expect(claimsOf(done.tokens.access_token).amr).toEqual(['pwd', 'hwk', 'user', 'mfa']);
    await expect(outcome(app.ask(StartPasskeySecondFactor, { mfa_token }))).resolves.toBe('token_invalid');
  });

  it('R-MF7: somebody else’s passkey does not', async () => {
    const [one, other] = [await waiting(), await waiting()];
    const { ceremony_id, options } = await app.ask(StartPasskeySecondFactor, { mfa_token: one.mfa_token });
    const answer = { mfa_token: one.mfa_token, ceremony_id, credential: other.device.get(options as never) };
    await expect(outcome(app.ask(FinishPasskeySecondFactor, answer))).resolves.toBe('passkey_refused');
  });
});

describe('removing a passkey', () => {
  it('is its owner’s right alone, and told of', async () => {
    const [one, other] = [await app.register(), await app.register()];
    const { device, passkey } = await register(one);
    const remove = (who: IssuedTokens) => outcome(app.ask(RemovePasskey, { passkey_id: passkey.id }, as(who)));
    await expect(remove(other)).resolves.toBe('not_found');
    await expect(remove(one)).resolves.toBe('ok');
    expect(await app.events(PasskeyRemoved, one.tokens.user.id)).toHaveLength(1);
    await expect(outcome(signIn(device))).resolves.toBe('passkey_refused');
  });

  it('R-WA5: never takes the last way into the account', async () => {
    const issued = await app.register();
    await app.database.query('UPDATE website_users SET password_hash = NULL WHERE id = $1', [issued.tokens.user.id]);
    const keys = [await register(issued), await register(issued)];
    const remove = (id: string) => outcome(app.ask(RemovePasskey, { passkey_id: id }, as(issued)));
    const ends = await Promise.all(keys.map(({ passkey }) => remove(passkey.id)));
    expect(ends.sort()).toEqual(['last_credential', 'ok']);
  });
});
