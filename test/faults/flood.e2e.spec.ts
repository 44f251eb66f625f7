import { readFileSync } from 'node:fs';
import { call } from '../support/http.js';
import { startStack, type Stack } from '../support/index.js';
import { login, me, newcomer, refresh, register, type SignedIn } from '../support/people.js';

const LOGINS = 500;
const PEOPLE = 25;

let stack: Stack;
let people: SignedIn[];
beforeAll(async () => {
  stack = await startStack();
  people = await Promise.all(Array.from({ length: PEOPLE }, () => register(stack.info)));
}, 180_000);
afterAll(() => stack?.stop());

const residentMiB = (app: string): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${stack.pid(app)}/status`, 'utf8'))![1]) / 1_024;

/** Every fifth one is a guess, at an account that exists or at one that does not. */
const attempt = (i: number) => {
  const who = people[i % PEOPLE]!;
  if (i % 5) return login(stack.info, who);
  return login(stack.info, i % 2 ? { ...who, password: 'not the password' } : newcomer());
};

describe('500 sign-ins at once', () => {
  it('REL4 R-PW13 R-BF7: each is 200, 401, 429 or 503, others go on meanwhile, and memory stays bounded', async () => {
    const [guest] = people.splice(0, 1, await register(stack.info));
    let refreshToken = guest!.refreshToken;
    let accessToken = guest!.accessToken;
    const before = residentMiB('identity');
    let over = false;
    const flood = Promise.all(Array.from({ length: LOGINS }, (_, i) => attempt(i))).finally(() => (over = true));
    const meanwhile: number[] = [];
    while (!over) {
      const [health, seen, rotated] = await Promise.all([
        call('GET', `${stack.info.public_url}/health/live`),
        me(stack.info, accessToken),
        refresh(stack.info, refreshToken),
      ]);
      meanwhile.push(health.status, seen.status, rotated.status);
      if (rotated.status === 200) ({ refresh_token: refreshToken, access_token: accessToken } = rotated.body);
    }
    const answers = await flood;
    const statuses = new Set(answers.map((answer) => answer.status));
    expect([...statuses].filter((status) => ![200, 401, 429, 503].includes(status))).toEqual([]);
    expect(statuses).toContain(200);
    for (const busy of answers.filter(({ status }) => status === 503))
      expect(busy.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(meanwhile.length).toBeGreaterThan(3);
    expect(new Set(meanwhile)).toEqual(new Set([200]));
    expect(residentMiB('identity') - before).toBeLessThan(300);
  }, 180_000);
});
