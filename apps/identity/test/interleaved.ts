import { eventually } from '../../../test/support/index.js';
import { WAITING } from '../../../test/support/while-held.js';
import type { IdentityApp } from './identity-app.js';

/**
 * Does one transaction in two parts, and begins another one between them, which gets as far as it gets without the
 * end of the first.
 */
export async function interleaved(
  { transactions, database }: IdentityApp,
  [first, last]: [() => Promise<unknown>, () => Promise<unknown>],
  between: () => Promise<unknown>,
): Promise<void> {
  let over = false;
  let other: Promise<unknown> = Promise.resolve();
  await transactions.run(async () => {
    await first();
    other = transactions.outside(() => transactions.run(between)).finally(() => (over = true));
    // It is heard below.
    other.catch(() => undefined);
    const waits = async () => over || (await database.query(WAITING)).length > 0 || undefined;
    await eventually('the other one to wait or to be over', 60_000, waits);
    await last();
  });
  await other;
}
