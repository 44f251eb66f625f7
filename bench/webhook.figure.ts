import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { compare, type Load } from './harness.js';
import { inLanes } from './load.js';
import { hookOf } from './pings.js';
import { rateRow, type BenchContext, type Row } from './report.js';

const LANES = 16;

/** P5: intake of pings against bare inserts of the same bytes into the same database. */
export async function webhookFigure(context: BenchContext): Promise<Row> {
  const { stack } = context;
  const hook = hookOf(context);
  const ping = () =>
    new URLSearchParams({
      sale_id: `bench-${randomUUID()}`,
      resource_name: 'sale',
      email: 'bench@example.com',
      price: '900',
    });
  const intake: Load = {
    name: 'webhook intake',
    pids: [stack.pid('gateway')!, stack.pid('fulfillment')!, stack.natsPid],
    run: (seconds) =>
      inLanes(LANES, seconds, async () => {
        const response = await fetch(hook, { method: 'POST', body: ping() });
        await response.arrayBuffer();
        if (response.status !== 200) throw new Error(`the webhook answered ${response.status}`);
      }),
  };
  const pool = new pg.Pool({ connectionString: stack.info.postgres.fulfillment, max: 10 });
  await pool.query('create table if not exists bench_pings (id uuid primary key default uuidv7(), raw bytea not null)');
  const bare: Load = {
    name: 'bare insert',
    pids: [process.pid],
    run: (seconds) =>
      inLanes(LANES, seconds, async () => {
        await pool.query('insert into bench_pings (raw) values ($1)', [Buffer.from(ping().toString())]);
      }),
  };
  try {
    return rateRow('P5', 'webhook', await compare(intake, bare, { pairs: 4 }));
  } finally {
    await pool.query('drop table bench_pings');
    await pool.end();
  }
}
