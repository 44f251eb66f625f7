import { hash, verify } from '@node-rs/argon2';
import { register } from '../test/support/people.js';
import { compare, type Load } from './harness.js';
import { fire, inLanes } from './load.js';
import { rateRow, type BenchContext, type Row } from './report.js';

/** Argon2id is the library's default. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const LANES = 8;

/** P2: sign-ins against nothing but the hash, in this process, with the same parameters. */
export async function loginFigure({ stack, person }: BenchContext): Promise<Row> {
  const dev = stack.info;
  const digest = await hash(person.password, PARAMETERS);
  const bare: Load = {
    name: 'bare Argon2id verify',
    pids: [process.pid],
    run: (seconds) =>
      inLanes(LANES, seconds, async () => {
        if (!(await verify(digest, person.password))) throw new Error('the password did not verify');
      }),
  };
  // As many people as lanes: one person signing in eight times at once would queue for their own row.
  const people = await Promise.all(Array.from({ length: LANES }, () => register(dev)));
  const bodies = people.map(({ email, password }) => JSON.stringify({ email, password }));
  const shot = {
    url: `${dev.public_url}/v1/auth/login`,
    method: 'POST' as const,
    headers: { 'content-type': 'application/json' },
  };
  const ours = [stack.pid('gateway')!, stack.pid('identity')!, stack.pid('secrets')!, stack.natsPid];
  const login: Load = { name: 'login', pids: ours, run: (seconds) => fire(shot, LANES, seconds, bodies) };
  return rateRow('P2', 'login', await compare(login, bare), 0.85);
}
