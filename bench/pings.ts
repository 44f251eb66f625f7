import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { sell } from '../test/support/people.js';
import { steadily } from '../test/support/steadily.js';
import type { BenchContext } from './report.js';

/** Pings a second, in a stream of them. */
export const PER_SECOND = 500;

/** The longest that it may take until all of a figure's sales are done. */
export const DRAIN_MS = 900_000;

/** A sale as a ping tells of it. */
export interface Sale {
  id: string;
  email: string;
}

/** Sales of which the store has not told yet. */
export async function untold(context: BenchContext, count: number): Promise<Sale[]> {
  const sales: Sale[] = [];
  while (sales.length < count) {
    const emails = Array.from({ length: Math.min(50, count - sales.length) }, () => `${randomUUID()}@example.com`);
    const sold = (email: string) => sell(context.stack.info, { email, product_permalink: 'core', ping: false });
    sales.push(...(await Promise.all(emails.map(async (email) => ({ id: await sold(email), email })))));
  }
  return sales;
}

/** Sales of which the store knows nothing. */
export const unsold = (count: number): Sale[] =>
  Array.from({ length: count }, () => ({ id: randomUUID(), email: `${randomUUID()}@example.com` }));

/** Where the stand-in for Gumroad tells of its sales. */
export const hookOf = ({ stack }: BenchContext): string =>
  `${stack.info.public_url}/webhooks/gumroad/${stack.info.gumroad.webhook_secret}`;

const agent = new http.Agent({ keepAlive: true });

/**
 * With a client that costs little: it shares the machine with what is measured.
 * @returns whether it was taken; when it was not, a store tells again
 */
export async function ping(hook: string, sale: Sale, test = false): Promise<boolean> {
  const form = { sale_id: sale.id, email: sale.email, resource_name: 'sale', product_permalink: 'core' };
  const body = new URLSearchParams({ ...form, ...(test ? { test: 'true' } : {}) }).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) };
  const request = http.request(hook, { method: 'POST', agent, headers }).end(body);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  response.resume();
  await once(response, 'end');
  return response.statusCode === 200;
}

/** All of them at the rate. @returns milliseconds that each took, sorted, and those that were not taken */
export async function stream(
  hook: string,
  sales: readonly Sale[],
  test = false,
): Promise<{ took: number[]; refused: Sale[] }> {
  const refused: Sale[] = [];
  const took = await steadily(sales.length, PER_SECOND, async (nth) => {
    const sale = sales[nth]!;
    if (!(await ping(hook, sale, test))) refused.push(sale);
  });
  return { took, refused };
}
