import type { Transactions } from '#persistence';

/** Does what counts a person's records of a kind before it adds one: one after the other, or all would count the same. */
export const inTurn = <T>(tx: Transactions, kind: string, userId: string, work: () => Promise<T>): Promise<T> =>
  tx.run(async () => {
    await tx.query("SELECT pg_advisory_xact_lock(hashtextextended($1 || '.' || $2, 0))", [kind, userId]);
    return work();
  });
