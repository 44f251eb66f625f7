import { ended } from '#local';
import { eventually, pause } from '../test/support/eventually.js';
import { SaleBooks } from '../test/support/sale-books.js';
import { launch } from './bare/launch.js';
import { percentile, spread } from './harness.js';
import { DRAIN_MS, hookOf, PER_SECOND, ping, stream, unsold, untold, type Sale } from './pings.js';
import type { BenchContext, Row } from './report.js';

const PINGS = 10_000;
/** Before what counts, as a process that has just started compiles what it runs, and has no connections yet. */
const WARM_UP = 2_000;
/** Test pings right before it: they are stored and make no order. */
const TESTS = 4_000;
const ACCEPT_MS = 50;

/** The same pings at the same rate to a server that does nothing but insert them. */
async function bareTook(context: BenchContext): Promise<number[]> {
  const { child, line } = await launch('ping-server', context.stack.info.postgres.fulfillment);
  try {
    await stream(line, unsold(WARM_UP + TESTS));
    return (await stream(line, unsold(PINGS))).took;
  } finally {
    const over = ended(child);
    child.kill();
    await over;
  }
}

/** Until the mail of each of them is out. */
const untilMailed = (books: SaleBooks, ids: string[]): Promise<true> =>
  eventually('all of them mailed', DRAIN_MS, async () => {
    await pause(500);
    return (await books.mailedAfter(ids)).length >= ids.length ? true : undefined;
  });

async function warmUp(context: BenchContext, books: SaleBooks): Promise<void> {
  const sales = await untold(context, WARM_UP);
  const { refused } = await stream(hookOf(context), sales);
  for (const sale of refused) await tellUntilTaken(context, sale);
  await untilMailed(
    books,
    sales.map(({ id }) => id),
  );
  await stream(hookOf(context), unsold(TESTS), true);
}

const tellUntilTaken = (context: BenchContext, sale: Sale): Promise<true> =>
  eventually('the ping to be taken', DRAIN_MS, async () => ((await ping(hookOf(context), sale)) ? true : undefined));

/** P5: 10,000 pings at 500 a second: all stored, and in the end each has one license and one mail. */
export async function pingsFigure(context: BenchContext): Promise<Row> {
  const books = new SaleBooks(context.stack.info);
  try {
    const sales = await untold(context, PINGS);
    const ids = sales.map(({ id }) => id);
    const bare = await bareTook(context);
    await warmUp(context, books);
    const begun = performance.now();
    const { took, refused } = await stream(hookOf(context), sales);
    const seconds = (performance.now() - begun) / 1_000;
    for (const sale of refused) await tellUntilTaken(context, sale);
    const stored = await books.stored(ids);
    await untilMailed(books, ids);
    const drained = (performance.now() - begun) / 1_000;
    const { licenses, orders } = await books.licensed(ids);
    return {
      id: 'P5',
      what: `${PINGS} pings at ${PER_SECOND}/s, accepted in ${ACCEPT_MS} ms at p99`,
      lines: [
        `answered in ${seconds.toFixed(1)} s: ${spread(took)}; ${refused.length} refused at first`,
        `a bare server with one insert: ${spread(bare)}; its p99 by ours ${(percentile(bare, 0.99) / percentile(took, 0.99)).toFixed(3)}`,
        `${stored} stored; ${licenses} licenses of ${orders} sales, all mailed after ${drained.toFixed(0)} s`,
      ],
      ratio:
        refused.length === 0 && stored === PINGS && licenses === PINGS && orders === PINGS
          ? ACCEPT_MS / percentile(took, 0.99)
          : 0,
      target: 1,
    };
  } finally {
    await books.end();
  }
}
