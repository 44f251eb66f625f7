import { randomInt } from 'node:crypto';
import { eventually, pause } from '../support/eventually.js';
import { call, type Answer } from '../support/http.js';
import { startStack, type Stack } from '../support/index.js';
import { searches } from '../support/nightly.js';
import { me, refresh, register, type SignedIn } from '../support/people.js';

const SECONDS = searches(12, 600);
const PEOPLE = searches(6, 16);
/** What the nemesis does follows from it: NEMESIS_SEED makes a run do the same again. */
const SEED = Number(process.env.NEMESIS_SEED ?? randomInt(1, 2 ** 31 - 1));

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ durable: true });
}, 120_000);
afterAll(() => stack?.stop());

/** Park and Miller's generator. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => Math.floor(((state = (state * 48_271) % 2_147_483_647) / 2_147_483_647) * below);
}

const VICTIMS = ['identity', 'secrets', 'gateway', 'licensing'];

/** Kills apps and lets the broker stand still, one after the other. @returns what it did */
async function nemesis(until: number): Promise<string[]> {
  const random = randomFrom(SEED);
  const done: string[] = [];
  while (Date.now() < until) {
    const victim = VICTIMS[random(VICTIMS.length + 2)] ?? 'nats';
    done.push(victim);
    if (victim === 'nats') {
      process.kill(stack.natsPid, 'SIGSTOP');
      await pause(300 + random(1_500));
      process.kill(stack.natsPid, 'SIGCONT');
    } else {
      stack.kill(victim);
    }
    await pause(1_500 + random(2_500));
  }
  return done;
}

/** What came of a call; nothing when that is not known. */
async function outcome(asked: Promise<Answer>): Promise<Answer | undefined> {
  const answer = await asked.catch(() => undefined);
  return !answer || answer.status >= 500 || answer.status === 429 ? undefined : answer;
}

const known = (what: string, ask: () => Promise<Answer>): Promise<Answer> =>
  eventually(what, 90_000, () => outcome(ask()));

/** One person who goes on using their account, and what they were told. */
class Life {
  /** Successors that each refresh token was exchanged for. */
  readonly successors = new Map<string, Set<string>>();
  /** Refreshes that were granted to a session whose sign-out had been acknowledged. */
  readonly ghosts: string[] = [];
  /** Profiles that were acknowledged and could not be read. */
  readonly lost: string[] = [];
  rounds = 0;

  async lead(until: number): Promise<void> {
    // At least once, also when the nemesis lets nobody sign up until it is gone.
    do {
      const who = await this.signUp();
      let tokens = { access: who.accessToken, refresh: who.refreshToken };
      for (let n = 0; n < 4; n += 1) {
        const next = await this.exchange(tokens.refresh);
        if (!next) break;
        tokens = next;
        await this.write(tokens.access, `${who.userId} ${n}`);
      }
      await this.leave(tokens);
      this.rounds += 1;
    } while (Date.now() < until);
  }

  private signUp(): Promise<SignedIn> {
    return eventually('an account', 90_000, () => register(stack.info).catch(() => undefined));
  }

  /** Two at once, as two tabs do; what is not answered is asked again. */
  private async exchange(token: string): Promise<{ access: string; refresh: string } | undefined> {
    const answers = await Promise.all([0, 1].map(() => known('a refresh', () => refresh(stack.info, token))));
    const granted = answers.filter(({ status }) => status === 200);
    this.successors.set(token, new Set(granted.map(({ body }) => body.refresh_token as string)));
    const [first] = granted;
    return first && { access: first.body.access_token, refresh: first.body.refresh_token };
  }

  private async write(token: string, bio: string): Promise<void> {
    const change = () => call('PUT', `${stack.info.public_url}/v1/auth/profile`, { token, json: { bio } });
    if ((await known('a change', change)).status !== 200) return;
    const { status, body } = await known('the profile', () => me(stack.info, token));
    if (status === 200 && body.bio !== bio) this.lost.push(bio);
  }

  private async leave(tokens: { access: string; refresh: string }): Promise<void> {
    const url = `${stack.info.public_url}/v1/auth/logout`;
    const left = await known('a sign-out', () => call('POST', url, { token: tokens.access, json: {} }));
    if (left.status !== 204) return;
    const after = await known('a refresh', () => refresh(stack.info, tokens.refresh));
    if (after.status === 200) this.ghosts.push(tokens.refresh);
  }
}

it(`REL14 H1 H4 H9: with the seed ${SEED}, no token has two successors, no session outlives its sign-out, nothing acknowledged is lost`, async () => {
  const until = Date.now() + SECONDS * 1_000;
  const lives = Array.from({ length: PEOPLE }, () => new Life());
  const [done] = await Promise.all([nemesis(until), ...lives.map((life) => life.lead(until))]);
  expect(done.length).toBeGreaterThan(1);
  expect(lives.reduce((sum, { rounds }) => sum + rounds, 0)).toBeGreaterThan(0);
  const forked = lives.flatMap(({ successors }) => [...successors.values()]).filter(({ size }) => size > 1);
  expect({ seed: SEED, forked }).toEqual({ seed: SEED, forked: [] });
  expect({ seed: SEED, ghosts: lives.flatMap(({ ghosts }) => ghosts) }).toEqual({ seed: SEED, ghosts: [] });
  expect({ seed: SEED, lost: lives.flatMap(({ lost }) => lost) }).toEqual({ seed: SEED, lost: [] });
}, 1_200_000);
