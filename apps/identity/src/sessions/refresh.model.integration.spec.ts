import fc from 'fast-check';
import type { IssuedTokens } from '#contracts';
import { searches } from '../../../../test/support/nightly.js';
import { IdentityApp, outcome } from '../../test/identity-app.js';

const RUNS = searches(500, 10_000);

let app: IdentityApp;
let person: IssuedTokens;
beforeAll(async () => {
  app = await IdentityApp.start();
  person = await app.register();
});
afterAll(() => app?.stop());

/** What may happen to a session, in any order. `of` counts from the newest token back. */
type Step =
  | { do: 'refresh'; of: number; times: number }
  | { do: 'wait'; past: 'grace' | 'idle' | 'absolute' }
  | { do: 'lose_answer' }
  | { do: 'logout' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('refresh' as const), of: fc.nat(3), times: fc.integer({ min: 1, max: 4 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      past: fc.constantFrom('grace' as const, 'grace' as const, 'idle' as const, 'absolute' as const),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'lose_answer' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'logout' as const }) },
);

/** The rules of a session, said once more and without a database. */
class Model {
  generation = 0;
  graceOpen = false;
  expired = false;
  ended: 'no' | 'reuse' | 'expired' | 'logout' = 'no';

  /** What one refresh with the token of `generation` ends with, and what it does. */
  refresh(generation: number): string {
    if (this.ended !== 'no') return this.answerOfTheDead(generation);
    if (this.expired) {
      this.ended = 'expired';
      return 'refresh_token_expired';
    }
    if (generation === this.generation) {
      this.generation++;
      this.graceOpen = true;
      return 'ok';
    }
    if (generation === this.generation - 1 && this.graceOpen) return 'ok';
    this.ended = 'reuse';
    return 'refresh_token_reused';
  }

  private answerOfTheDead(generation: number): string {
    if (this.ended === 'expired') return 'refresh_token_expired';
    return this.ended === 'reuse' && generation < this.generation ? 'refresh_token_reused' : 'refresh_token_invalid';
  }
}

/** The real session beside the model. */
class Run {
  readonly model = new Model();
  private constructor(
    private readonly sessionId: string,
    /** Tokens by generation, as far as they were ever answered. */
    private readonly tokens: string[],
  ) {}

  static async begin(): Promise<Run> {
    const issued = await app.login(person.tokens.user.username, 'a lantern in the long grass');
    return new Run(issued.session_id, [issued.tokens.refresh_token!]);
  }

  async take(s: Step): Promise<void> {
    if (s.do === 'refresh') return this.refresh(s.of, s.times);
    if (s.do === 'lose_answer') return this.loseAnswer();
    if (s.do === 'logout') return this.logout();
    if (s.past === 'grace') this.model.graceOpen = false;
    else this.model.expired = true;
    const column = { grace: 'rotated_at', idle: 'idle_expires_at', absolute: 'expires_at' }[s.past];
    await this.set(`${column} = LEAST(${column}, now()) - interval '31 seconds'`);
  }

  /** All at once: they must agree with the model taken one after another, because all of one token are alike. */
  private async refresh(back: number, times: number): Promise<void> {
    const generation = Math.max(0, this.tokens.length - 1 - back);
    const answers = await Promise.all(Array.from({ length: times }, () => this.ask(this.tokens[generation]!)));
    const expected = answers.map(() => this.model.refresh(generation));
    expect(answers.map((a) => a.outcome).sort()).toEqual(expected.sort());
    for (const { token } of answers.filter((a) => a.outcome === 'ok')) {
      this.tokens[generation + 1] ??= token!;
      expect(token).toBe(this.tokens[generation + 1]);
    }
  }

  private async loseAnswer(): Promise<void> {
    app.secrets.sealed = true;
    const result = await outcome(app.refresh(this.tokens.at(-1)));
    app.secrets.sealed = false;
    const expected = this.model.refresh(this.tokens.length - 1);
    expect(result).toBe(expected === 'ok' ? 'unavailable' : expected);
  }

  private async logout(): Promise<void> {
    if (this.model.ended === 'no') this.model.ended = 'logout';
    await this.set(`revoked_at = COALESCE(revoked_at, now()), revoked_reason = COALESCE(revoked_reason, 'logout')`);
  }

  private async ask(refreshToken: string): Promise<{ outcome: string; token?: string }> {
    let token: string | undefined;
    const result = await outcome(app.refresh(refreshToken).then((i) => (token = i.tokens.refresh_token)));
    return { outcome: result, token };
  }

  private async set(change: string): Promise<void> {
    await app.database.query(`UPDATE auth_sessions SET ${change} WHERE id = $1`, [this.sessionId]);
  }
}

it(
  `R-RF2 R-RF3 R-RF4 R-RF6 H1: in any order of refreshes, waits, lost answers and sign-outs the session keeps to its rules`,
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 10 }), async (steps) => {
        const run = await Run.begin();
        for (const s of steps) await run.take(s);
      }),
      { numRuns: RUNS },
    );
  },
  RUNS * 1_000,
);
