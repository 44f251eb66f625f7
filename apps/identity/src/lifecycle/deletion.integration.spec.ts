import {
  DeleteAccount,
  DeletionRequested,
  DeletionUndone,
  MailRequested,
  ReadMailToken,
  ReadMe,
  SessionsRevoked,
  UndoDeletion,
  type IssuedTokens,
  type MailToken,
} from '#contracts';
import { Bus } from '#bus';
import { actorOf, IdentityApp, newcomer, outcome, parallel, PASSWORD } from '../../test/identity-app.js';
import { ErasingNeighbours } from '../../test/erasing-neighbours.js';
import { MailTokens } from '../email/mail-tokens.service.js';
import { AccountEndings } from './account-endings.service.js';
import { altered } from '../../../../test/support/altered.js';

let app: IdentityApp;
let neighbours: ErasingNeighbours;
beforeAll(async () => {
  app = await IdentityApp.start();
  neighbours = await ErasingNeighbours.start(app.broker);
});
afterAll(async () => {
  await neighbours?.stop();
  await app?.stop();
});

const idOf = (issued: IssuedTokens): string => issued.tokens.user.id;
const stale = (issued: IssuedTokens) => ({ ...actorOf(issued), auth_time: Math.floor(Date.now() / 1_000) - 301 });
const remove = (issued: IssuedTokens, password?: string, actor = actorOf(issued)) =>
  app.ask(DeleteAccount, password === undefined ? {} : { password }, { actor, timeoutMs: 30_000 });
const undo = (token: string) => app.ask(UndoDeletion, { token }, { timeoutMs: 30_000 });
const undoMail = async (issued: IssuedTokens): Promise<MailToken> => {
  const mails = await app.events(MailRequested, idOf(issued));
  return app.get(MailTokens).read(mails.findLast((m) => m.template === 'undo_deletion')!.token_id);
};

describe('a deletion that is refused', () => {
  it('R-GD1: a wrong password, also right after a sign-in', async () => {
    const issued = await app.register();
    await expect(outcome(remove(issued, 'not the password'))).resolves.toBe('invalid_credentials');
    await expect(outcome(app.ask(ReadMe, {}, { actor: actorOf(issued) }))).resolves.toBe('ok');
  });

  it('R-GD1: no password and a sign-in of more than five minutes ago', async () => {
    const issued = await app.register();
    const refused = remove(issued, undefined, stale(issued));
    await expect(refused).rejects.toMatchObject({
      code: 'insufficient_user_authentication',
      extras: { members: { max_age: 300 } },
    });
    expect(await app.events(DeletionRequested, idOf(issued))).toEqual([]);
  });

  it('R-BF1 R-GD1: guessing the password here has a budget', async () => {
    const issued = await app.register();
    const outcomes: string[] = [];
    for (let i = 0; i < 12; i++) outcomes.push(await outcome(remove(issued, `guess ${i}`, stale(issued))));
    expect(outcomes.at(-1)).toBe('rate_limited');
    await expect(outcome(remove(issued, PASSWORD, stale(issued)))).resolves.toBe('rate_limited');
  });

  it('R-AD4: the last admin stays; of two who go at once one stays', async () => {
    const admins = [await app.register(), await app.register()];
    for (const admin of admins) {
      await app.database.query(`UPDATE website_users SET roles = '{admin}' WHERE id = $1`, [idOf(admin)]);
    }
    const outcomes = await parallel(2, (i) => outcome(remove(admins[i]!)));
    expect(outcomes.sort()).toEqual(['last_admin', 'ok']);
    const left = await app.database.query(
      `SELECT 1 FROM website_users WHERE 'admin' = ANY (roles) AND deleted_at IS NULL`,
    );
    expect(left).toHaveLength(1);
    await app.database.query(`UPDATE website_users SET roles = '{}'`);
  });
});

describe('a deletion', () => {
  it('C-account.delete R-GD1 R-SE5: ends every session at once, and no way in is left', async () => {
    const who = newcomer();
    const issued = await app.register(who);
    const other = await app.login(who.username, who.password);
    const ended = await remove(issued, who.password, stale(issued));
    expect([...ended.session_ids].sort()).toEqual([issued.session_id, other.session_id].sort());
    for (const session of [issued, other]) {
      await expect(outcome(app.ask(ReadMe, {}, { actor: actorOf(session) }))).resolves.toBe('invalid_token');
      await expect(outcome(app.refresh(session.tokens.refresh_token))).resolves.not.toBe('ok');
    }
    await expect(outcome(app.login(who.email, who.password))).resolves.toBe('invalid_credentials');
    const revoked = await app.events(SessionsRevoked, idOf(issued));
    expect(revoked).toEqual([expect.objectContaining({ reason: 'deleted' })]);
  });

  it('C-account.delete R-GD1: is refused like a wrong password, in every word', async () => {
    const who = newcomer();
    await remove(await app.register(who));
    const closed = await app.login(who.email, who.password).catch((e: unknown) => e);
    const wrong = await app.login(newcomer().email, who.password).catch((e: unknown) => e);
    expect(closed).toEqual(wrong);
  });

  it('R-GD1: ends devices, grants, codes and mailed links', async () => {
    const issued = await app.register();
    const id = idOf(issued);
    await app.database.query(
      `INSERT INTO devices (id, user_id, client_id, name, token_id, expires_at)
       VALUES (uuidv7(), $1::uuid, 'openalice-stream-host', 'Studio', 'token-of-a-device-' || $1::uuid, now() + interval '90 days')`,
      [id],
    );
    await app.database.query(
      `INSERT INTO authorization_grants (user_id, client_id, scopes) VALUES ($1, 'web', '{openid}')`,
      [id],
    );
    await app.database.query(
      `INSERT INTO pairing_codes (user_id, code_hash, expires_at) VALUES ($1::uuid, sha256($1::uuid::text::bytea), now() + interval '1 hour')`,
      [id],
    );
    const { session_ids } = await remove(issued);
    expect(session_ids).toContain(`token-of-a-device-${id}`);
    const left = await app.database.query<{ n: number }>(
      `SELECT (SELECT count(*) FROM authorization_grants WHERE user_id = $1)
         + (SELECT count(*) FROM pairing_codes WHERE user_id = $1)
         + (SELECT count(*) FROM devices WHERE user_id = $1 AND revoked_at IS NULL)
         + (SELECT count(*) FROM one_time_tokens WHERE user_id = $1 AND kind <> 'undo_deletion'
              AND consumed_at IS NULL AND voided_at IS NULL) AS n`,
      [id],
    );
    expect(Number(left[0]!.n)).toBe(0);
  });

  it('R-GD4: while it can be undone, address and username stay taken', async () => {
    const who = newcomer();
    await remove(await app.register(who));
    await expect(outcome(app.register({ email: who.email }))).resolves.toBe('email_taken');
    await expect(outcome(app.register({ username: who.username }))).resolves.toBe('username_taken');
  });

  it('C-account.delete: 10 at once close it once', async () => {
    const issued = await app.register();
    const outcomes = await parallel(10, () => outcome(remove(issued)));
    expect(outcomes.filter((o) => o === 'ok')).toHaveLength(1);
    expect(await app.events(DeletionRequested, idOf(issued))).toHaveLength(1);
  });

  it('C-account.delete R-SE5: 20 sign-ins that come with it leave no session', async () => {
    const who = newcomer();
    const issued = await app.register(who);
    await parallel(21, (i) => outcome(i === 10 ? remove(issued) : app.login(who.email, who.password)));
    const live = await app.database.query('SELECT 1 FROM auth_sessions WHERE user_id = $1 AND revoked_at IS NULL', [
      idOf(issued),
    ]);
    expect(live).toHaveLength(0);
  });

  it('R-SE5: the same ends everything of an account that is suspended', async () => {
    const issued = await app.register();
    await app.transactions.run(() => app.get(AccountEndings).endEverything(idOf(issued), 'suspended'));
    await expect(outcome(app.refresh(issued.tokens.refresh_token))).resolves.not.toBe('ok');
    expect(await app.events(SessionsRevoked, idOf(issued))).toEqual([expect.objectContaining({ reason: 'suspended' })]);
  });
});

describe('a deletion that is undone', () => {
  it('R-GD1: the mailed link opens the account again; its sessions stay ended', async () => {
    const who = newcomer();
    const issued = await app.register(who);
    await remove(issued);
    const mail = await undoMail(issued);
    expect(mail.email).toBe(who.email);
    expect(Date.parse(mail.expires_at) - Date.now()).toBeGreaterThan(6.9 * 86_400_000);
    await undo(mail.token);
    await expect(outcome(app.refresh(issued.tokens.refresh_token))).resolves.not.toBe('ok');
    const again = await app.login(who.email, who.password);
    expect(again.tokens.user.id).toBe(idOf(issued));
    expect(await app.events(DeletionUndone, idOf(issued))).toEqual([{ user_id: idOf(issued) }]);
  });

  it('H3 R-RC3: of 50 that use the link at once one gets it, and none does later', async () => {
    const issued = await app.register();
    await remove(issued);
    const { token } = await undoMail(issued);
    const outcomes = await parallel(50, () => outcome(undo(token)));
    expect(outcomes.filter((o) => o === 'ok')).toHaveLength(1);
    await expect(outcome(undo(token))).resolves.toBe('token_invalid');
  });

  it('R-GD1: a forged link, one of another kind and one that is too late undo nothing', async () => {
    const issued = await app.register();
    const verify = await app.get(MailTokens).read((await app.events(MailRequested, idOf(issued)))[0]!.token_id);
    await remove(issued);
    const { token } = await undoMail(issued);
    for (const bad of [verify.token, altered(token), 'x']) {
      await expect(outcome(undo(bad))).resolves.toBe('token_invalid');
    }
    await app.database.query(`UPDATE account_erasures SET due_at = now() WHERE user_id = $1`, [idOf(issued)]);
    await expect(outcome(undo(token))).resolves.toBe('token_invalid');
  });

  it('C-account.delete: what was undone can be deleted again, and undone again', async () => {
    const issued = await app.register();
    await remove(issued);
    await undo((await undoMail(issued)).token);
    const { username } = issued.tokens.user;
    const again = await app.login(username, PASSWORD);
    await remove(again);
    await expect(outcome(undo((await undoMail(issued)).token))).resolves.toBe('ok');
  });

  it('SEC6: the mail’s token is fulfillment’s to read', async () => {
    expect(ReadMailToken.callers).toEqual(['fulfillment']);
    expect(app.get(Bus)).toBeDefined();
  });
});
