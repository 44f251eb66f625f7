import { Refusal } from '#contracts';
import { Column, Entity, PrimaryColumn, type MigrationInterface, type QueryRunner } from 'typeorm';
import { openPersistence, type OpenPersistence } from '../../test/open-persistence.js';
import { PooledDataSource } from '../connection/pooled-data-source.js';
import { TransactionEndedError } from './transaction-scope.js';
import { Transactions } from './transactions.js';

@Entity('notes')
class Note {
  @PrimaryColumn('text') id!: string;
  @Column('text') text!: string;
}

class Notes1800000000000 implements MigrationInterface {
  up = (runner: QueryRunner): Promise<void> =>
    runner.query('create table notes (id text primary key, text text not null)');
  down = (runner: QueryRunner): Promise<void> => runner.query('drop table notes');
}

const add = 'insert into notes (id, text) values ($1, $2)';

describe('Transactions on Postgres', () => {
  let open: OpenPersistence;
  let tx: Transactions;

  beforeAll(async () => {
    open = await openPersistence({
      entities: [Note],
      migrations: [Notes1800000000000],
      poolSize: 2,
      connectionTimeoutMs: 300,
    });
    tx = open.get(Transactions);
  });
  afterAll(() => open.close());
  beforeEach(() => open.database.query('truncate notes'));

  const ids = async (): Promise<string[]> =>
    (await open.database.query<{ id: string }>('select id from notes order by id')).map((r) => r.id);
  const idle = (): number => open.get(PooledDataSource).pool.idleCount - open.get(PooledDataSource).pool.totalCount;

  it('commits what SQL and TypeORM have written together', async () => {
    await tx.run(async () => {
      await tx.query(add, ['sql', 'x']);
      await tx.manager.save(Note, { id: 'orm', text: 'y' });
      expect(await ids()).toEqual([]);
      expect(await tx.manager.findOneBy(Note, { id: 'sql' })).toMatchObject({ text: 'x' });
    });
    expect(await ids()).toEqual(['orm', 'sql']);
  });

  it('rolls everything back when the work throws, and gives the connection back', async () => {
    const work = tx.run(async () => {
      await tx.query(add, ['a', 'x']);
      await tx.manager.insert(Note, { id: 'b', text: 'y' });
      throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    expect(await ids()).toEqual([]);
    expect(idle()).toBe(0);
  });

  it('joins the open transaction', async () => {
    await expect(
      tx.run(async () => {
        await tx.run(() => tx.query(add, ['inner', 'x']));
        expect(await ids()).toEqual([]);
        throw new Error('outer');
      }),
    ).rejects.toThrow('outer');
    expect(await ids()).toEqual([]);
  });

  it('does not commit half of a joined work whose error was caught on the way', async () => {
    const work = tx.run(async () => {
      await tx
        .run(async () => {
          await tx.query(add, ['half', 'x']);
          throw new Error('inner');
        })
        .catch(() => undefined);
      return 'done';
    });
    await expect(work).rejects.toThrow('inner');
    expect(await ids()).toEqual([]);
  });

  it('tells when a failed statement was swallowed, instead of committing nothing in silence', async () => {
    await tx.query(add, ['twin', 'x']);
    const work = tx.run(async () => {
      await tx.query(add, ['other', 'x']);
      await tx.query(add, ['twin', 'x']).catch(() => undefined);
    });
    await expect(work).rejects.toThrow('nothing was committed');
    expect(await ids()).toEqual(['twin']);
  });

  it('goes on after a failed statement that stood behind a savepoint', async () => {
    await tx.query(add, ['twin', 'x']);
    await tx.run(async () => {
      await tx.query(add, ['before', 'x']);
      await expect(tx.savepoint(() => tx.query(add, ['twin', 'x']))).rejects.toMatchObject({ code: '23505' });
      await tx.query(add, ['after', 'x']);
    });
    expect(await ids()).toEqual(['after', 'before', 'twin']);
  });

  it('calls afterCommit after the commit, outside of the transaction, and never after a rollback', async () => {
    const seen: string[] = [];
    await tx.run(async () => {
      tx.afterCommit(() => seen.push(`committed, active: ${tx.active}`));
      await tx.query(add, ['a', 'x']);
      seen.push('working');
    });
    await tx
      .run(async () => {
        tx.afterCommit(() => seen.push('never'));
        throw new Error('no');
      })
      .catch(() => undefined);
    tx.afterCommit(() => seen.push('at once'));
    expect(seen).toEqual(['working', 'committed, active: false', 'at once']);
  });

  it('a failing afterCommit does not turn the commit into a failure, nor keep the others from being called', async () => {
    const seen: string[] = [];
    await tx.run(async () => {
      tx.afterCommit(() => {
        throw new Error('cache');
      });
      tx.afterCommit(() => seen.push('second'));
      await tx.query(add, ['a', 'x']);
    });
    expect(seen).toEqual(['second']);
    expect(await ids()).toEqual(['a']);
  });

  it('refuses what still runs after the end, by SQL and by TypeORM, instead of writing outside', async () => {
    let late!: () => Promise<unknown>[];
    let go!: () => void;
    const leaked = new Promise<void>((resolve) => (go = resolve));
    let result!: Promise<PromiseSettledResult<unknown>[]>;
    await tx.run(async () => {
      const manager = tx.manager;
      await tx.query(add, ['kept', 'x']);
      late = () => [
        (async () => tx.query(add, ['late', 'x']))(),
        (async () => tx.run(() => tx.query(add, ['later', 'x'])))(),
        (async () => manager.insert(Note, { id: 'latest', text: 'x' }))(),
      ];
      result = leaked.then(() => Promise.allSettled(late()));
    });
    go();
    const [sql, joined, orm] = (await result) as PromiseRejectedResult[];
    expect(sql!.reason).toBeInstanceOf(TransactionEndedError);
    expect(joined!.reason).toBeInstanceOf(TransactionEndedError);
    expect(orm!.status).toBe('rejected');
    expect(await ids()).toEqual(['kept']);
  });

  it('keeps what was written outside even when the transaction is rolled back', async () => {
    await tx
      .run(async () => {
        await tx.query(add, ['inside', 'x']);
        await tx.outside(() => tx.query(add, ['outside', 'x']));
        throw new Error('no');
      })
      .catch(() => undefined);
    expect(await ids()).toEqual(['outside']);
  });

  it('takes no connection until the first statement, so that hashing keeps none from others', async () => {
    const { pool } = open.get<PooledDataSource>(PooledDataSource);
    await tx.run(async () => {
      expect(pool.totalCount - pool.idleCount).toBe(0);
      await tx.query('select 1');
      expect(pool.totalCount - pool.idleCount).toBe(1);
    });
    expect(pool.totalCount - pool.idleCount).toBe(0);
  });

  it('runs statements of concurrent callers one after another on its connection', async () => {
    await tx.run(() => Promise.all(['a', 'b', 'c', 'd'].map((id) => tx.query(add, [id, 'x']))));
    expect(await ids()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('REL: an exhausted pool is `unavailable`, in and outside of transactions, and recovers', async () => {
    let go!: () => void;
    const gate = new Promise<void>((resolve) => (go = resolve));
    const { pool } = open.get<PooledDataSource>(PooledDataSource);
    const hold = (): Promise<void> =>
      tx.run(async () => {
        await tx.query('select 1');
        await gate;
      });
    const held = [hold(), hold()];
    while (pool.totalCount - pool.idleCount < 2) await new Promise(setImmediate);
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
    expect(idle()).toBe(0);
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
    expect(idle()).toBe(0);
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
