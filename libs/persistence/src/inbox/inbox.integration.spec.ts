import { openPersistence, type OpenPersistence } from '../../test/open-persistence.js';
import { Transactions } from '../transactions/transactions.js';
import { InboxRepository } from './inbox.repository.js';

describe('InboxRepository on Postgres', () => {
  let open: OpenPersistence;
  let tx: Transactions;
  let inbox: InboxRepository;

  beforeAll(async () => {
    open = await openPersistence();
    tx = open.get(Transactions);
    inbox = open.get(InboxRepository);
  });
  afterAll(() => open.close());

  it('REL2: of twenty deliveries at once exactly one is new', async () => {
    const news = await Promise.all(Array.from({ length: 20 }, () => tx.run(() => inbox.once('licensing', 'e1'))));
    expect(news.filter(Boolean)).toHaveLength(1);
  });

  it('REL2: a delivery whose handling failed is new again', async () => {
    await tx
      .run(async () => {
        expect(await inbox.once('licensing', 'e2')).toBe(true);
        throw new Error('no');
      })
      .catch(() => undefined);
    expect(await tx.run(() => inbox.once('licensing', 'e2'))).toBe(true);
    expect(await tx.run(() => inbox.once('licensing', 'e2'))).toBe(false);
  });

  it('keeps consumers apart', async () => {
    expect(await tx.run(() => inbox.once('identity', 'e1'))).toBe(true);
  });

  it('refuses to note an event apart from its handling', async () => {
    await expect(inbox.once('licensing', 'e3')).rejects.toThrow('needs an open transaction');
  });

  it('forgets what is old', async () => {
    await open.database.query(`insert into inbox values ('identity', 'old', now() - interval '60 days')`);
    expect(await inbox.forget(new Date(Date.now() - 30 * 86_400_000))).toBe(1);
  });
});
