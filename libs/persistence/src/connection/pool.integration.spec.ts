import { Refusal } from '#contracts';
import { ADD_NOTE as add, Note, Notes1800000000000 } from '../../test/note.js';
import { openPersistence, type OpenPersistence } from '../../test/open-persistence.js';
import { Transactions } from '../transactions/transactions.js';
import { PooledDataSource } from './pooled-data-source.js';

describe('The pool on Postgres', () => {
  let open: OpenPersistence;
  let tx: Transactions;

  beforeAll(async () => {
    const migrations = [Notes1800000000000];
    open = await openPersistence({ entities: [Note], migrations, poolSize: 2, connectionTimeoutMs: 1_500 });
    tx = open.get(Transactions);
  });
  afterAll(() => open.close());
  beforeEach(() => open.database.query('truncate notes'));

  const busy = (): number => {
    const { pool } = open.get<PooledDataSource>(PooledDataSource);
    return pool.totalCount - pool.idleCount;
  };

  it('REL: an exhausted pool is `unavailable`, in and outside of transactions, and recovers', async () => {
    let go!: () => void;
    const gate = new Promise<void>((resolve) => (go = resolve));
    const hold = (): Promise<void> =>
      tx.run(async () => {
        await tx.query('select 1');
        await gate;
      });
    const held = [hold(), hold()];
    while (busy() < 2) await new Promise(setImmediate);
    const refused = await Promise.allSettled([
      tx.query('select 1'),
      tx.run(() => tx.query('select 1')),
      tx.manager.find(Note),
      tx.run(() => tx.manager.find(Note)),
    ]);
    go();
    await Promise.all(held);
    for (const r of refused as PromiseRejectedResult[]) {
      expect(r.reason).toBeInstanceOf(Refusal);
      expect(r.reason).toMatchObject({ code: 'unavailable', kind: 'unavailable' });
    }
    expect(await tx.query('select 1 as one')).toEqual([{ one: 1 }]);
    expect(busy()).toBe(0);
  });

  it('a lost race does not cost the connection; a killed one is `unavailable` and replaced', async () => {
    const pid = async (): Promise<number> =>
      (await tx.query<{ pid: number }>('select pg_backend_pid() as pid'))[0]!.pid;
    await tx.query(add, ['twin', 'x']);
    const before = await pid();
    await expect(tx.query(add, ['twin', 'x'])).rejects.toMatchObject({ code: '23505' });
    expect(await pid()).toBe(before);
    await expect(tx.query('select pg_terminate_backend(pg_backend_pid())')).rejects.toMatchObject({
      code: 'unavailable',
    });
    await expect(tx.run(() => tx.manager.query('select pg_terminate_backend(pg_backend_pid())'))).rejects.toMatchObject(
      { code: 'unavailable' },
    );
    await expect(tx.manager.query('select pg_terminate_backend(pg_backend_pid())')).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(await pid()).not.toBe(before);
    expect(busy()).toBe(0);
  });

  it('REL7: after a demotion (25006) no connection to the old server is used again', async () => {
    const { pool } = open.get<PooledDataSource>(PooledDataSource);
    const pid = (): Promise<number> =>
      tx.query<{ pid: number }>('select pg_backend_pid() as pid').then((rows) => rows[0]!.pid);
    const before = await Promise.all([pid(), pid()]);
    expect(new Set(before).size).toBe(2);
    const work = tx.run(async () => {
      await tx.query('set transaction read only');
      await tx.query(add, ['a', 'x']);
    });
    await expect(work).rejects.toMatchObject({ code: 'unavailable' });
    while (pool.totalCount > 0) await new Promise(setImmediate);
    expect(before).not.toContain(await pid());
  });

  it('a row lock that is held too long is `unavailable`, a statement that takes too long as well', async () => {
    const [settings] = await tx.query<Record<string, string>>(
      `select current_setting('lock_timeout') as lock, current_setting('statement_timeout') as statement,
              current_setting('idle_in_transaction_session_timeout') as idle`,
    );
    expect(settings).toEqual({ lock: '2s', statement: '4s', idle: '10s' });
    const slow = tx.run(async () => {
      await tx.query(`set local statement_timeout = '10ms'`);
      await tx.query('select pg_sleep(2)');
    });
    await expect(slow).rejects.toMatchObject({ code: 'unavailable' });
  });
});
