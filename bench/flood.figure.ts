import { call } from '../test/support/http.js';
import { login, refresh } from '../test/support/people.js';
import { inLanes } from './load.js';
import type { BenchContext, Row } from './report.js';

const FLOOD = 500;

/** P2, second half: how long refresh and health take while 500 sign-ins come at once, and without them. */
export async function floodFigure({ stack, person }: BenchContext): Promise<Row> {
  const dev = stack.info;
  let token = (await login(dev, person)).body.refresh_token as string;
  const probe = (what: 'refresh' | 'health') => async (): Promise<void> => {
    if (what === 'health') return void (await call('GET', `${dev.public_url}/health/live`));
    const { status, body } = await refresh(dev, token);
    if (status !== 200) throw new Error(`refresh answered ${status} ${body.code}`);
    token = body.refresh_token;
  };
  const both = async (seconds: number) => {
    const [r, h] = await Promise.all([inLanes(1, seconds, probe('refresh')), inLanes(1, seconds, probe('health'))]);
    return { refresh: r.p99!, health: h.p99! };
  };
  const quiet = await both(3);
  const flood = Promise.all(Array.from({ length: FLOOD }, () => login(dev, person)));
  const busy = await both(3);
  const answers = await flood;
  const ok = answers.filter(({ status }) => status === 200).length;
  const line = (name: string, p99: { refresh: number; health: number }): string =>
    `${name.padEnd(34)} p99 refresh ${p99.refresh.toFixed(1)} ms  health ${p99.health.toFixed(1)} ms`;
  return {
    id: 'P2',
    what: `refresh and health in a flood of ${FLOOD} sign-ins (${ok} of them let in)`,
    lines: [line('in the flood', busy), line('without it', quiet)],
    ratio: quiet.refresh / busy.refresh,
  };
}
