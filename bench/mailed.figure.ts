import { eventually } from '../test/support/eventually.js';
import { SaleBooks } from '../test/support/sale-books.js';
import { steadily } from '../test/support/steadily.js';
import { percentile } from './harness.js';
import { DRAIN_MS, hookOf, ping, untold } from './pings.js';
import type { BenchContext, Row } from './report.js';

const MAILED_MS = 2_000;
const SALES = 100;
const SALES_PER_SECOND = 5;

/** P5: from the ping until the mail server has taken the mail. */
export async function mailedFigure(context: BenchContext): Promise<Row> {
  const books = new SaleBooks(context.stack.info);
  try {
    const sales = await untold(context, SALES);
    await steadily(SALES, SALES_PER_SECOND, async (nth) => void (await ping(hookOf(context), sales[nth]!)));
    const took = await eventually('all of them mailed', DRAIN_MS, async () => {
      const mailed = await books.mailedAfter(sales.map(({ id }) => id));
      return mailed.length >= SALES ? mailed : undefined;
    });
    return {
      id: 'P5',
      what: `sale to mail, ${MAILED_MS} ms at p95, ${SALES_PER_SECOND} sales a second`,
      lines: [`p50 ${percentile(took, 0.5).toFixed(0)} ms  p95 ${percentile(took, 0.95).toFixed(0)} ms`],
      ratio: MAILED_MS / percentile(took, 0.95),
      target: 1,
    };
  } finally {
    await books.end();
  }
}
