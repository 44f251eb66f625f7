import { ForgotPassword, Login, RegisterUser } from '#contracts';
import { IdentityApp, newcomer, outcome } from '../../test/identity-app.js';
import { rankTest } from '../../test/rank-test.js';
import { clientsWithVerifyFirst, VERIFY_FIRST } from '../../test/verify-first.js';

/** The gate proper compares 2,000 pairs and more per class of account; that is asked for from outside. */
const PAIRS = Number(process.env['ENUMERATION_PAIRS'] ?? 240);
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

/** Times of the one and of the other, asked for in turns, each first as often as second. */
async function interleaved(one: (i: number) => Promise<unknown>, other: (i: number) => Promise<unknown>) {
  const times: [number[], number[]] = [[], []];
  for (let i = -20; i < PAIRS; i++) {
    const turns = i % 2 ? ([0, 1] as const) : ([1, 0] as const);
    for (const turn of turns) {
      const took = await timed(() => (turn === 0 ? one : other)(i & 0xffff));
      if (i >= 0) times[turn].push(took);
    }
    if (i % 20 === 0) await app.database.query('TRUNCATE login_guards');
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

  it('R-EN2 R-BF5: nor a suspended account from one that is not there', async () => {
    const suspended = known.slice(0, PEOPLE / 2);
    await app.database.query('UPDATE website_users SET is_active = false WHERE email = ANY ($1)', [suspended]);
    expectAlike(
      await interleaved(
        (i) => login(suspended[i % suspended.length]!),
        (i) => login(nobody(i)),
      ),
    );
    await app.database.query('UPDATE website_users SET is_active = true WHERE email = ANY ($1)', [suspended]);
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
