import { Health, Metrics, Shutdown } from '#boot';
import { openPersistence, type OpenPersistence } from '../test/open-persistence.js';
import { PooledDataSource } from './connection/pooled-data-source.js';
import { Outbox } from './outbox/outbox.js';

describe('PersistenceModule', () => {
  let open: OpenPersistence;

  beforeEach(async () => {
    open = await openPersistence();
  });
  afterEach(() => open.close());

  it('readiness asks the database whether it takes writes', async () => {
    expect((await open.get(Health).ready()).dependencies).toEqual({ postgres: { status: 'up' } });
    const { pool } = open.get<PooledDataSource>(PooledDataSource);
    jest.spyOn(pool, 'query').mockImplementation((() => Promise.resolve({ rows: [{ standby: true }] })) as never);
    expect((await open.get(Health).ready()).dependencies.postgres).toMatchObject({ status: 'down' });
  });

  it('OPS18: shows outbox, dead letters and pool, and a scrape succeeds without the database', async () => {
    const metrics = open.get<Metrics>(Metrics);
    const { body } = await metrics.scrape();
    expect(body).toContain('gatehouse_outbox_rows 0');
    expect(body).toContain('gatehouse_dead_letters 0');
    expect(body).toContain('gatehouse_pool_connections{state="idle"}');
    await open.get<PooledDataSource>(PooledDataSource).destroy();
    expect((await metrics.scrape()).body).toContain('gatehouse_outbox_rows 0');
  });

  it('closes the pool in the last phase of the shutdown', async () => {
    const seen: boolean[] = [];
    const dataSource = open.get<PooledDataSource>(PooledDataSource);
    const shutdown = open.get<Shutdown>(Shutdown);
    shutdown.register('app', 'nest', () => open.module.close());
    shutdown.register('app', 'look', () => void seen.push(dataSource.isInitialized));
    expect(await shutdown.run('SIGTERM')).toBe(true);
    expect([...seen, dataSource.isInitialized]).toEqual([true, false]);
  });

  it('can be asked for an outbox by any module', () => {
    expect(open.get(Outbox)).toBeInstanceOf(Outbox);
  });
});
