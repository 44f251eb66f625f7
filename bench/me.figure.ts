import { startFloor } from './bare/floor.js';
import { compare } from './harness.js';
import { httpLoad } from './load.js';
import { rateRow, type BenchContext, type Row } from './report.js';

/** P1: `GET /v1/auth/me` through gateway, bus, identity and Postgres against the bare path of the same hops. */
export async function meFigure({ stack, person }: BenchContext): Promise<Row> {
  const dev = stack.info;
  const floor = await startFloor(dev.postgres.identity!, person.userId);
  try {
    const headers = { authorization: `Bearer ${person.accessToken}` };
    const ours = [stack.pid('gateway')!, stack.pid('identity')!, stack.natsPid];
    const comparison = await compare(
      httpLoad('me', ours, 64, { url: `${dev.public_url}/v1/auth/me`, headers }),
      httpLoad('bare Fastify → NATS → Postgres', floor.pids, 64, { url: `${floor.url}/me` }),
    );
    return rateRow('P1', 'me', comparison, 0.6);
  } finally {
    await floor.stop();
  }
}
