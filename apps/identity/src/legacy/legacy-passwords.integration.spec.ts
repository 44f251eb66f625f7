import { pbkdf2Sync, randomBytes, randomUUID, scryptSync } from 'node:crypto';
import { hash as argon2 } from '@node-rs/argon2';
import { hash as bcrypt } from '@node-rs/bcrypt';
import { BridgeAccount, ImportLegacyAccounts, ReportLegacyAccounts, type LegacyAccount } from '#contracts';
import { IdentityApp, newcomer, outcome, parallel, PASSWORD } from '../../test/identity-app.js';
import { LegacyPasswordsRepository } from './legacy-passwords.repository.js';

let app: IdentityApp;
beforeAll(async () => {
  app = await IdentityApp.start();
});
afterAll(() => app?.stop());

const OLD = 'the password of long ago';
const take = (...accounts: LegacyAccount[]) => app.ask(ImportLegacyAccounts, { accounts });
const b64 = (bytes: Buffer): string => bytes.toString('base64');
const bare = (bytes: Buffer): string => b64(bytes).replace(/=+$/, '');
const salt = randomBytes(16);
const scrypted = scryptSync(OLD, salt, 32, { N: 1024, r: 8, p: 1 });
const stretched = pbkdf2Sync(OLD, salt, 1_000, 32, 'sha256');

const FORMS: Record<string, () => Promise<Partial<LegacyAccount>>> = {
  bcrypt: async () => ({ password_hash: await bcrypt(OLD, 4) }),
  'bcrypt $2y$': async () => ({ password_hash: (await bcrypt(OLD, 4)).replace('$2b$', '$2y$') }),
  'argon2id PHC': async () => ({ password_hash: await argon2(OLD, { memoryCost: 32, timeCost: 1 }) }),
  'scrypt PHC': async () => ({ password_hash: `$scrypt$ln=10,r=8,p=1$${bare(salt)}$${bare(scrypted)}` }),
  'PBKDF2 PHC': async () => ({ password_hash: `$pbkdf2-sha256$i=1000,l=32$${bare(salt)}$${bare(stretched)}` }),
  'PBKDF2 of passlib': async () => ({
    password_hash: `$pbkdf2-sha256$1000$${bare(salt).replaceAll('+', '.')}$${bare(stretched).replaceAll('+', '.')}`,
  }),
  'PBKDF2 of Django': async () => ({
    password_hash: `pbkdf2_sha256$1000$salt$${b64(pbkdf2Sync(OLD, 'salt', 1_000, 32, 'sha256'))}`,
  }),
  '{ algo: bcrypt }': async () => ({ password: { algo: 'bcrypt', params: { hash: await bcrypt(OLD, 4) } } }),
  '{ algo: scrypt }': async () => ({
    password: { algo: 'scrypt', params: { N: 1024, r: 8, p: 1, salt: b64(salt), hash: b64(scrypted) } },
  }),
  '{ algo: pbkdf2 }': async () => ({
    password: {
      algo: 'pbkdf2',
      params: { digest: 'sha256', iterations: 1_000, salt: b64(salt), hash: b64(stretched) },
    },
  }),
};

const imported = async (form = 'bcrypt') => {
  const { email, username } = newcomer();
  const account = { id: `old-${randomUUID()}`, email, username, ...(await FORMS[form]!()) };
  await expect(take(account)).resolves.toMatchObject({ added: 1, rejected: [] });
  return account;
};
const stored = async (id: string) =>
  (await app.database.query<{ password_hash: string | null }>('SELECT * FROM users WHERE id = $1', [id]))[0]!;

describe('a password of the old system', () => {
  it.each(Object.keys(FORMS))(
    'A-identity.bridge R-GD5 R-PW11: %s opens its account once and is hashed anew',
    async (form) => {
      const account = await imported(form);
      await expect(outcome(app.login(account.email, `${OLD}!`))).resolves.toBe('invalid_credentials');
      expect((await stored(account.id)).password_hash).not.toBeNull();
      const issued = await app.login(account.email, OLD);
      expect(issued.tokens.user).toMatchObject({ email: account.email, username: account.username });
      expect((await stored(account.id)).password_hash).toBeNull();
      const [row] = await app.database.query<{ password_hash: string }>('SELECT * FROM website_users WHERE id = $1', [
        issued.tokens.user.id,
      ]);
      expect(row!.password_hash).toMatch(/^\$argon2id\$/);
      await expect(outcome(app.login(account.username!, OLD))).resolves.toBe('ok');
    },
  );

  it('A-identity.bridge: 20 sign-ins at once make one account and all succeed', async () => {
    const account = await imported();
    const outcomes = await parallel(20, () => outcome(app.login(account.email, OLD)));
    expect(new Set(outcomes)).toEqual(new Set(['ok']));
    const rows = await app.database.query('SELECT 1 FROM website_users WHERE email = $1', [account.email]);
    expect(rows).toHaveLength(1);
    await expect(outcome(app.login(account.email, OLD))).resolves.toBe('ok');
  });

  it('A-identity.bridge: one that has looked for the account before another one made it gets in, too', async () => {
    const account = await imported();
    const waiting = app.get(LegacyPasswordsRepository);
    const find = waiting.find.bind(waiting);
    const look = jest.spyOn(waiting, 'find').mockImplementationOnce(async (...name) => {
      await app.login(account.email, OLD);
      return find(...name);
    });
    await expect(outcome(app.login(account.email, OLD))).resolves.toBe('ok');
    await expect(outcome(app.login(account.email, `${OLD}!`))).resolves.toBe('invalid_credentials');
    look.mockRestore();
  });

  it('R-GD5: an account that a claim has made before gets its password this way', async () => {
    const account = await imported();
    const { user_id } = await app.ask(BridgeAccount, { sub: account.id }, { from: 'licensing' });
    await expect(app.login(account.email, OLD)).resolves.toMatchObject({ tokens: { user: { id: user_id } } });
  });

  it('R-LK1 R-GD5: it opens no account that was there before, bridged by address or not, with a password or without', async () => {
    const account = await imported();
    const owner = await app.register({ email: account.email });
    await expect(outcome(app.login(account.email, OLD))).resolves.toBe('invalid_credentials');
    await app.ask(BridgeAccount, { sub: account.id }, { from: 'licensing' });
    await expect(outcome(app.login(account.email, OLD))).resolves.toBe('invalid_credentials');
    await app.database.query('UPDATE website_users SET password_hash = NULL WHERE id = $1', [owner.tokens.user.id]);
    await expect(outcome(app.login(account.email, OLD))).resolves.toBe('invalid_credentials');
  });

  it('R-BF1: guesses count and block as with any other account, and a blocked one moves nothing', async () => {
    const account = await imported();
    for (let i = 0; i < 6; i++) await outcome(app.login(account.email, `guess ${i}`));
    // Longer than a test takes on any machine.
    await app.database.query(`UPDATE login_guards SET blocked_until = now() + interval '1 hour' WHERE failures >= 5`);
    await expect(outcome(app.login(account.email, OLD))).resolves.toBe('invalid_credentials');
    expect((await stored(account.id)).password_hash).not.toBeNull();
  });

  it('R-GD5: with the bridge off there is no side door', async () => {
    const closed = await IdentityApp.start({ legacyBridge: 'off' });
    try {
      const { email } = newcomer();
      const password_hash = await bcrypt(OLD, 4);
      await closed.ask(ImportLegacyAccounts, { accounts: [{ id: 'one', email, password_hash }] });
      await expect(outcome(closed.login(email, OLD))).resolves.toBe('invalid_credentials');
    } finally {
      await closed.stop();
    }
  });

  it('R-GD5 R-EN2: as long as one waits, unknown names are compared with an old hash, too', async () => {
    const { Passwords } = await import('../passwords/passwords.service.js');
    await imported();
    const check = jest.spyOn(app.get(Passwords), 'check');
    const comparisons = async (login: string) => {
      check.mockClear();
      await outcome(app.login(login, 'wrong'));
      return check.mock.calls.length;
    };
    const known = (await app.register()).tokens.user.email!;
    const old = await imported();
    await outcome(app.login(newcomer().email, 'wrong'));
    expect([await comparisons(known), await comparisons(old.email), await comparisons(newcomer().email)]).toEqual([
      2, 2, 2,
    ]);
    check.mockRestore();
  });
});

describe('an import', () => {
  it('R-PW12: names what is malformed, unknown or too dear, before anything is evaluated', async () => {
    const greedy = [
      '$2b$31$' + 'a'.repeat(53),
      `$scrypt$ln=24,r=8,p=1$${bare(salt)}$${bare(scrypted)}`,
      `$pbkdf2-sha256$i=900000000$${bare(salt)}$${bare(stretched)}`,
      '$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g',
      'plain text',
    ];
    const accounts = greedy.map((password_hash) => ({ id: `bad-${randomUUID()}`, password_hash }));
    const { added, rejected } = await take(...accounts, { id: `good-${randomUUID()}` });
    expect([added, rejected.map((r) => r.index)]).toEqual([1, [0, 1, 2, 3, 4]]);
  });

  it('A-identity.bridge: once more changes nothing, and the report says how far all have moved', async () => {
    const before = await app.ask(ReportLegacyAccounts, {});
    const [moving, waiting] = [await imported(), await imported('scrypt PHC')];
    await expect(take(moving, waiting)).resolves.toEqual({ added: 0, known: 2, rejected: [] });
    await app.login(moving.email, OLD);
    const after = await app.ask(ReportLegacyAccounts, {});
    expect({
      accounts: after.accounts - before.accounts,
      bridged: after.bridged - before.bridged,
      rehashed: after.rehashed - before.rehashed,
      with_password: after.with_password - before.with_password,
    }).toEqual({ accounts: 2, bridged: 1, rehashed: 1, with_password: 2 });
    expect(after.remaining.map((r) => r.algorithm)).toContain('scrypt');
    await expect(outcome(app.login(moving.email, PASSWORD))).resolves.toBe('invalid_credentials');
  });
});
