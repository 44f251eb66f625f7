import { randomBytes, randomUUID } from 'node:crypto';
import {
  EmailVerified,
  MailRequested,
  ReadMailToken,
  SendEmailVerification,
  VerifyEmail,
  type IssuedTokens,
} from '#contracts';
import { actorOf, IdentityApp, outcome, parallel } from '../../test/identity-app.js';
import { interleaved } from '../../test/interleaved.js';
import { UsersRepository } from '../users/users.repository.js';
import { AccountMails } from './account-mails.service.js';
import { MailTokens } from './mail-tokens.service.js';
import { OneTimeTokensRepository } from './one-time-tokens.repository.js';
import { hashMailToken } from './mail-token.rules.js';
import { altered } from '../../../../test/support/altered.js';

let app: IdentityApp;
beforeAll(async () => {
  app = await IdentityApp.start();
});
afterAll(() => app?.stop());

const requested = async (issued: IssuedTokens): Promise<string[]> =>
  (await app.events(MailRequested, issued.tokens.user.id)).map((m) => m.token_id);
const mailed = async (issued: IssuedTokens) => app.get(MailTokens).read((await requested(issued)).at(-1)!);
const verify = (token: string) => app.ask(VerifyEmail, { token }, { timeoutMs: 30_000 });
const send = (issued: IssuedTokens) => app.ask(SendEmailVerification, {}, { actor: actorOf(issued) });
const verified = async (issued: IssuedTokens) => (await app.events(EmailVerified, issued.tokens.user.id)).length;

describe('a mailed token that is refused', () => {
  it('R-RC3: what is not authentic never reaches the database', async () => {
    const issued = await app.register();
    const { token } = await mailed(issued);
    const execute = jest.spyOn(app.get(OneTimeTokensRepository), 'consume');
    const forged = [randomBytes(48).toString('base64url'), 'x', altered(token), token.slice(1), `${token}A`];
    for (const text of forged) await expect(outcome(verify(text))).resolves.toBe('token_invalid');
    expect(execute).not.toHaveBeenCalled();
    execute.mockRestore();
  });

  it.each([
    ['an expired one', `expires_at = now() - interval '1 second'`],
    ['a voided one', 'voided_at = now()'],
    ['one of another kind', `kind = 'reset_password'`],
    ['one whose row was tampered with', `token_hash = '\\x00'`],
  ])('R-RC3: %s verifies nothing', async (_what, change) => {
    const issued = await app.register();
    const { token } = await mailed(issued);
    await app.database.query(`UPDATE one_time_tokens SET ${change} WHERE user_id = $1`, [issued.tokens.user.id]);
    await expect(outcome(verify(token))).resolves.toBe('token_invalid');
    expect(await verified(issued)).toBe(0);
  });

  it('R-RC8: a token proves the address that it was mailed to and no later one', async () => {
    const issued = await app.register();
    const { token } = await mailed(issued);
    await app.database.query('UPDATE website_users SET email = $2 WHERE id = $1', [
      issued.tokens.user.id,
      `moved.${randomUUID()}@example.test`,
    ]);
    await expect(outcome(verify(token))).resolves.toBe('token_invalid');
    await expect(mailed(issued)).rejects.toMatchObject({ code: 'token_invalid' });
  });

  it('R-RC4: issuing a new one voids the older', async () => {
    const issued = await app.register();
    await send(issued);
    const { token: older } = await mailed(issued);
    await send(issued);
    const { token: newer } = await mailed(issued);
    expect(newer).not.toBe(older);
    await expect(outcome(verify(older))).resolves.toBe('token_invalid');
    await expect(outcome(verify(newer))).resolves.toBe('ok');
  });

  it('C-email.verify_send: an ended session sends no mail, and nobody gets more than a few an hour', async () => {
    const issued = await app.register();
    const outcomes: string[] = [];
    for (let i = 0; i < 7; i++) outcomes.push(await outcome(send(issued)));
    expect(outcomes).toEqual([...Array<string>(5).fill('ok'), 'rate_limited', 'rate_limited']);
    await app.database.query('UPDATE auth_sessions SET revoked_at = now() WHERE id = $1', [issued.session_id]);
    await expect(outcome(send(issued))).resolves.toBe('invalid_token');
  });
});

describe('who asks for a mail right after the registration', () => {
  const again = async (issued: IssuedTokens) =>
    (await app.events(MailRequested, issued.tokens.user.id)).map((m) => m.again ?? false);

  it('C-email.verify_send R-RC4: gets the same link once more, so that either mail verifies', async () => {
    const issued = await app.register();
    const { token: first } = await mailed(issued);
    await send(issued);
    expect(await again(issued)).toEqual([false, true]);
    expect((await mailed(issued)).token).toBe(first);
    await expect(outcome(verify(first))).resolves.toBe('ok');
  });

  it('gets it so once: of two who ask at the same time one gets a new link, which voids that of the other', async () => {
    const issued = await app.register();
    await parallel(2, () => send(issued));
    expect((await again(issued)).sort()).toEqual([false, false, true]);
    expect(new Set(await requested(issued)).size).toBe(2);
  });

  it('R-RC6: gets a new one when the code in the first is too old to be typed', async () => {
    const issued = await app.register();
    await app.database.query(
      `UPDATE one_time_tokens SET created_at = now() - interval '11 minutes' WHERE user_id = $1`,
      [issued.tokens.user.id],
    );
    await send(issued);
    expect(await again(issued)).toEqual([false, false]);
  });
});

describe('a mailed token', () => {
  it('H3: of 50 that consume it at once one gets it', async () => {
    const issued = await app.register();
    const { token } = await mailed(issued);
    const [id] = await requested(issued);
    const tokens = app.get(OneTimeTokensRepository);
    const winners = await parallel(50, () => tokens.consume(id!, 'verify_email', hashMailToken(token)));
    expect(winners.filter(Boolean)).toHaveLength(1);
  });

  it('C-email.verify C-email.verify_send: one that is followed while another mail is asked for does not block it', async () => {
    const issued = await app.register();
    const { id: user_id, email } = issued.tokens.user;
    const { token } = await mailed(issued);
    const [id] = await requested(issued);
    const follow = () => app.get(OneTimeTokensRepository).consume(id!, 'verify_email', hashMailToken(token));
    const verifyAddress = () => app.get(UsersRepository).verifyEmail(user_id, email!);
    const send = () => app.get(AccountMails).send({ kind: 'verify_email', user_id, email: email! });
    await expect(interleaved(app, [follow, verifyAddress], send)).resolves.toBeUndefined();
  });

  it('C-email.verify H3: 50 who open the link at once all see it verified, and it is told once', async () => {
    const issued = await app.register();
    const { token } = await mailed(issued);
    const users = await parallel(50, () => verify(token));
    expect(new Set(users.map((u) => `${u.id} ${u.email_verified}`))).toEqual(
      new Set([`${issued.tokens.user.id} true`]),
    );
    expect(await verified(issued)).toBe(1);
    await expect(outcome(verify(token))).resolves.toBe('ok');
    expect(await verified(issued)).toBe(1);
  });

  it('R-RC5: reading it for the mail does not use it up', async () => {
    const issued = await app.register();
    const first = await mailed(issued);
    expect(await mailed(issued)).toEqual(first);
    expect(first).toMatchObject({ email: issued.tokens.user.email, username: issued.tokens.user.username });
    await expect(outcome(verify(first.token))).resolves.toBe('ok');
    await expect(mailed(issued)).rejects.toMatchObject({ code: 'token_invalid' });
  });

  it('C-email.verify_send: only its hash is stored, and it lives a day', async () => {
    const issued = await app.register();
    const { token, expires_at } = await mailed(issued);
    expect(JSON.stringify(await app.database.query('SELECT t::text FROM one_time_tokens t'))).not.toContain(token);
    const hours = (Date.parse(expires_at) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23.9);
    expect(hours).toBeLessThanOrEqual(24);
  });

  it('C-email.verify_send: a verified address gets no further mail', async () => {
    const issued = await app.register();
    await verify((await mailed(issued)).token);
    await send(issued);
    expect(await requested(issued)).toHaveLength(1);
  });

  it('SEC6: only fulfillment may read it', () => {
    expect(ReadMailToken.callers).toEqual(['fulfillment']);
  });
});
