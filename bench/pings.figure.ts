import { randomUUID } from 'node:crypto';
import { eventually, pause } from '../test/support/eventually.js';
import { call } from '../test/support/http.js';
import { sell } from '../test/support/people.js';
import { SaleBooks } from '../test/support/sale-books.js';
import { steadily } from '../test/support/steadily.js';
import type { BenchContext, Row } from './report.js';

const PINGS = 10_000;
const PER_SECOND = 500;
const ACCEPT_MS = 50;
const MAILED_MS = 2_000;
const SALES = 100;
const SALES_PER_SECOND = 5;
const DRAIN_MS = 900_000;

const at = (sorted: number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;

/** Sales of which the store has not told yet. */
async function untold(context: BenchContext, count: number): Promise<{ id: string; email: string }[]> {
  const sales: { id: string; email: string }[] = [];
  while (sales.length < count) {
    const emails = Array.from({ length: Math.min(50, count - sales.length) }, () => `${randomUUID()}@example.com`);
    const sold = (email: string) => sell(context.stack.info, { email, product_permalink: 'core', ping: false });
    sales.push(...(await Promise.all(emails.map(async (email) => ({ id: await sold(email), email })))));
  }
  return sales;
}

async function ping({ stack }: BenchContext, sale: { id: string; email: string }): Promise<void> {
  const form = { sale_id: sale.id, email: sale.email, resource_name: 'sale', product_permalink: 'core' };
  const hook = `${stack.info.public_url}/webhooks/gumroad/${stack.info.gumroad.webhook_secret}`;
  const { status } = await call('POST', hook, { form });
  if (status !== 200) throw new Error(`the webhook answered ${status}`);
}

/** P5: 10,000 pings at 500 a second: all stored, and in the end each has one license and one mail. */
export async function pingsFigure(context: BenchContext): Promise<Row> {
  const books = new SaleBooks(context.stack.info);
  try {
    const sales = await untold(context, PINGS);
    const ids = sales.map(({ id }) => id);
    const begun = performance.now();
    const took = await steadily(PINGS, PER_SECOND, (nth) => ping(context, sales[nth]!));
    const seconds = (performance.now() - begun) / 1_000;
    const stored = await books.stored(ids);
    await eventually('all of them mailed', DRAIN_MS, async () => {
      await pause(500);
      return (await books.mailedAfter(ids)).length >= PINGS ? true : undefined;
    });
    const drained = (performance.now() - begun) / 1_000;
    const { licenses, orders } = await books.licensed(ids);
    return {
      id: 'P5',
      what: `${PINGS} pings at ${PER_SECOND}/s, accepted in ${ACCEPT_MS} ms at p99`,
      lines: [
        `accepted in ${seconds.toFixed(1)} s: p50 ${at(took, 0.5).toFixed(1)} ms  p99 ${at(took, 0.99).toFixed(1)} ms`,
        `${stored} stored; ${licenses} licenses of ${orders} sales, all mailed after ${drained.toFixed(0)} s`,
      ],
      ratio: stored === PINGS && licenses === PINGS && orders === PINGS ? ACCEPT_MS / at(took, 0.99) : 0,
      target: 1,
    };
  } finally {
    await books.end();
  }
}

/** P5: from the ping until the mail server has taken the mail. */
export async function mailedFigure(context: BenchContext): Promise<Row> {
  const books = new SaleBooks(context.stack.info);
  try {
    const sales = await untold(context, SALES);
    await steadily(SALES, SALES_PER_SECOND, (nth) => ping(context, sales[nth]!));
    const took = await eventually('all of them mailed', DRAIN_MS, async () => {
      const mailed = await books.mailedAfter(sales.map(({ id }) => id));
      return mailed.length >= SALES ? mailed : undefined;
    });
    return {
      id: 'P5',
      what: `sale to mail, ${MAILED_MS} ms at p95, ${SALES_PER_SECOND} sales a second`,
      lines: [`p50 ${at(took, 0.5).toFixed(0)} ms  p95 ${at(took, 0.95).toFixed(0)} ms`],
      ratio: MAILED_MS / at(took, 0.95),
      target: 1,
    };
  } finally {
    await books.end();
  }
}
