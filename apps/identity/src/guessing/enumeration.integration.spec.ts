import { hash as bcrypt } from '@node-rs/bcrypt';
import { ForgotPassword, ImportLegacyAccounts, Login, RegisterUser, type LegacyAccount } from '#contracts';
import { IdentityApp, newcomer, outcome, PASSWORD } from '../../test/identity-app.js';
import { rankTest } from '../../test/rank-test.js';
import { clientsWithVerifyFirst, VERIFY_FIRST } from '../../test/verify-first.js';
import { searches } from '../../../../test/support/nightly.js';

/** Pairs for each class of account. */
const PAIRS = searches(240, 2_000);
const PEOPLE = 40;
/** One in some hundred thousand, for each class. */
const MOST_Z = 4.5;
/** With few pairs the machine's own noise counts more than one code path. */
const MOST_DOMINANCE = PAIRS >= 2_000 ? 0.06 : 0.12;

let app: IdentityApp;
const known: string[] = [];
beforeAll(async () => {
  app = await IdentityApp.start({ clientsFile: clientsWithVerifyFirst() });
  for (let i = 0; i < PEOPLE; i++) known.push((await app.register()).tokens.user.email!);
}, 60_000);
afterAll(() => app?.stop());

const login = (email: string) => outcome(app.ask(Login, { login: email, password: 'not the password at all' }));
const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const from = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - from);
};

const forget = () => app.database.query('TRUNCATE login_guards');

/** Times of the one and of the other, asked for in turns, each first as often as second. */
async function interleaved(
  one: (i: number) => Promise<unknown>,
  other: (i: number) => Promise<unknown>,
  between: () => Promise<unknown> = forget,
) {
  const times: [number[], number[]] = [[], []];
  for (let i = -20; i < PAIRS; i++) {
    const turns = i % 2 ? ([0, 1] as const) : ([1, 0] as const);
    for (const turn of turns) {
      const took = await timed(() => (turn === 0 ? one : other)(i & 0xffff));
      if (i >= 0) times[turn].push(took);
    }
    if (i % 20 === 0) await between();
  }
  return rankTest(...times);
}

function expectAlike({ z, dominance }: ReturnType<typeof rankTest>): void {
  // Significant and large enough to be of use: either alone is chance or noise.
  if (Math.abs(z) > MOST_Z) expect(Math.abs(dominance - 0.5)).toBeLessThan(MOST_DOMINANCE);
  else expect(Math.abs(z)).toBeLessThanOrEqual(MOST_Z);
}

const someone = (i: number): string => known[i % PEOPLE]!;
const nobodys = Array.from({ length: PEOPLE }, () => newcomer().email);
const nobody = (i: number): string => nobodys[i % PEOPLE]!;

/** Newcomers whose rows have been changed. */
async function people(change?: string): Promise<string[]> {
  const emails: string[] = [];
  for (let i = 0; i < PEOPLE / 4; i++) emails.push((await app.register()).tokens.user.email!);
  if (change) await app.database.query(`UPDATE website_users SET ${change} WHERE email = ANY ($1)`, [emails]);
  return emails;
}

async function admins(): Promise<string[]> {
  const emails = await people(`roles = '{admin}'`);
  await app.database.query(
    `INSERT INTO admin_credentials (user_id, username, password_hash)
     SELECT id, username, password_hash FROM website_users WHERE email = ANY ($1)`,
    [emails],
  );
  return emails;
}

/** As long as one of them waits, every failing sign-in is compared with an old hash (R-GD5). */
async function fromTheOldSystem(): Promise<string[]> {
  const accounts: LegacyAccount[] = [];
  for (let i = 0; i < PEOPLE / 4; i++) {
    const { email, username } = newcomer();
    accounts.push({ id: `old-${i}`, email, username, password_hash: await bcrypt('of long ago', 4) });
  }
  await app.ask(ImportLegacyAccounts, { accounts });
  return accounts.map(({ email }) => email!);
}

/** The old system's come last: they change what every sign-in does. */
const CLASSES: Record<string, () => Promise<string[]>> = {
  'that is suspended': () => people('is_active = false'),
  'that is closed': () => people('deleted_at = now()'),
  'with a second factor': () => people('mfa_since = now()'),
  'of an admin': admins,
  'of the old system': fromTheOldSystem,
};

describe('times', () => {
  it('R-EN2: a rank test finds a difference where there is one', () => {
    const draw = (n: number, shift: number) => Array.from({ length: n }, (_, i) => ((i * 7_919) % 1_000) + shift);
    expect(Math.abs(rankTest(draw(500, 0), draw(500, 0)).z)).toBeLessThan(1);
    expect(rankTest(draw(500, 300), draw(500, 0)).z).toBeGreaterThan(MOST_Z);
  });

  it('R-EN2: of a sign-in do not tell a known name from one that nobody has', async () => {
    expectAlike(
      await interleaved(
        (i) => login(someone(i)),
        (i) => login(nobody(i)),
      ),
    );
  }, 600_000);

  it.each(Object.keys(CLASSES))(
    'R-EN2 R-BF5: nor one %s from one that is not there',
    async (kind) => {
      const names = await CLASSES[kind]!();
      expectAlike(
        await interleaved(
          (i) => login(names[i % names.length]!),
          (i) => login(nobody(i)),
        ),
      );
    },
    600_000,
  );

  it('R-EN2 R-BF4: nor one that is blocked for a while from one that is not', async () => {
    const blocked = await people();
    for (const name of blocked) await login(name);
    const block = () => app.database.query(`UPDATE login_guards SET blocked_until = now() + interval '1 hour'`);
    await block();
    const guards = await app.database.query<{ name_hash: Buffer }>('SELECT name_hash FROM login_guards');
    const hashes = guards.map((guard) => guard.name_hash);
    const between = async () => {
      await app.database.query('DELETE FROM login_guards WHERE name_hash <> ALL ($1)', [hashes]);
      await block();
    };
    expect(await outcome(app.login(blocked[0]!, PASSWORD))).toBe('invalid_credentials');
    expectAlike(
      await interleaved(
        (i) => login(blocked[i % blocked.length]!),
        (i) => login(someone(i)),
        between,
      ),
    );
  }, 600_000);

  it('R-EN2 C-password.forgot: of a request for a reset do not tell a known address from an unknown one', async () => {
    const forgot = (email: string) => app.ask(ForgotPassword, { email });
    expectAlike(
      await interleaved(
        (i) => forgot(someone(i)),
        (i) => forgot(nobody(i)),
      ),
    );
  }, 600_000);

  it('R-EN2: of a registration that is proven first do not tell a known address from an unknown one', async () => {
    const wish = (email: string) =>
      app.ask(RegisterUser, { ...newcomer(), email, client_id: VERIFY_FIRST }, { timeoutMs: 30_000 });
    expectAlike(
      await interleaved(
        (i) => wish(someone(i)),
        (i) => wish(nobody(i)),
      ),
    );
  }, 600_000);
});
