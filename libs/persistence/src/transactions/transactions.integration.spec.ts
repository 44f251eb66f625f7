import { ADD_NOTE as add, Note, Notes1800000000000 } from '../../test/note.js';
import { openPersistence, type OpenPersistence } from '../../test/open-persistence.js';
import { PooledDataSource } from '../connection/pooled-data-source.js';
import { TransactionEndedError } from './transaction-scope.js';
import { Transactions } from './transactions.js';

describe('Transactions on Postgres', () => {
  let open: OpenPersistence;
  let tx: Transactions;

  beforeAll(async () => {
    open = await openPersistence({
      entities: [Note],
      migrations: [Notes1800000000000],
      poolSize: 2,
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

  it.each(['commits', 'rolls back'])('does what follows its end when it %s, before its caller goes on', async (how) => {
    const work = tx.run(async () => {
      await tx.query(add, ['inside', 'x']);
      await tx.run(() => tx.afterEnd(async () => void (await tx.query(add, ['after', 'x']))));
      expect(await ids()).toEqual([]);
      if (how === 'rolls back') throw new Error('no');
    });
    await work.catch(() => undefined);
    expect(await ids()).toEqual(how === 'commits' ? ['after', 'inside'] : ['after']);
    await tx.afterEnd(async () => void (await tx.query(add, ['at once', 'x'])));
    expect(await ids()).toContain('at once');
  });

  it('what follows its end takes no second connection: as many as there are get on at once', async () => {
    let begun = 0;
    const refused = ['a', 'b'].map((id) =>
      tx.run(async () => {
        await tx.query('select 1');
        begun += 1;
        while (begun < 2) await new Promise(setImmediate);
        await tx.afterEnd(async () => void (await tx.query(add, [id, 'x'])));
        throw new Error('no');
      }),
    );
    for (const { status } of await Promise.allSettled(refused)) expect(status).toBe('rejected');
    expect(await ids()).toEqual(['a', 'b']);
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
});
