import { requestContext } from '#boot';
import { event, Refusal, Text } from '#contracts';
import { moduleOn, openPersistence, type OpenPersistence } from '../../test/open-persistence.js';
import { Transactions } from '../transactions/transactions.js';
import type { StoredOutboxRow } from './outbox-row.js';
import { Outbox } from './outbox.js';
import { OutboxRepository } from './outbox.repository.js';

class NoteWrittenData {
  @Text() note!: string;
}
const NoteWritten = event('identity.note.written', { data: NoteWrittenData, summary: 'A note was written.' });

describe('Outbox on Postgres', () => {
  let open: OpenPersistence;
  let tx: Transactions;
  let outbox: Outbox;
  let relay: OutboxRepository;

  beforeAll(async () => {
    open = await openPersistence();
    tx = open.get(Transactions);
    outbox = open.get(Outbox);
    relay = open.get(OutboxRepository);
  });
  afterAll(() => open.close());
  beforeEach(() => open.database.query('truncate outbox'));

  const notes = (rows: StoredOutboxRow[]): string[] => rows.map((r) => (r.data as NoteWrittenData).note);
  const all = (rows: StoredOutboxRow[]): Promise<string[]> => Promise.resolve(rows.map((r) => r.id));
  const stored = async (): Promise<string[]> =>
    (await open.database.query<{ note: string }>(`select data->>'note' as note from outbox order by seq`)).map(
      (r) => r.note,
    );

  it('REL1: an event of a rolled-back transaction never existed', async () => {
    await tx
      .run(async () => {
        await outbox.append(NoteWritten, { note: 'lost' });
        throw new Error('no');
      })
      .catch(() => undefined);
    await tx.run(() => outbox.append(NoteWritten, { note: 'kept' }));
    expect(await stored()).toEqual(['kept']);
  });

  it('REL1: many of a kind are appended in their order, each whole, and none when there are none', async () => {
    const all = Array.from({ length: 300 }, (_, n) => ({ data: { note: `note "${n}", 'ü' \\` }, key: `key ${n}` }));
    const woken: string[] = [];
    const off = outbox.onWake(() => void woken.push('woken'));
    await tx.run(() => outbox.appendAll(NoteWritten, all));
    await outbox.appendAll(NoteWritten, []);
    off();
    expect(await stored()).toEqual(all.map(({ data }) => data.note));
    const rows = await open.database.query<{ key: string; id: string }>('select key, id from outbox order by seq');
    expect(rows.map(({ key }) => key)).toEqual(all.map(({ key }) => key));
    expect(new Set(rows.map(({ id }) => id)).size).toBe(300);
    expect(woken).toEqual(['woken']);
    await expect(outbox.appendAll(NoteWritten, [{ data: { note: 7 as never } }])).rejects.toThrow(/cannot be emitted/);
  });

  it('wakes the relay after the commit, and not before', async () => {
    const woken: Promise<string[]>[] = [];
    const off = outbox.onWake(() => void woken.push(stored()));
    await tx.run(async () => {
      await outbox.append(NoteWritten, { note: 'a' });
      await tx.query('select 1');
      expect(woken).toEqual([]);
    });
    off();
    await tx.run(() => outbox.append(NoteWritten, { note: 'unheard' }));
    expect(woken).toHaveLength(1);
    expect(await woken[0]).toContain('a');
  });

  it('carries key, request and trace', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await requestContext.run({ requestId: 'r1', traceparent }, () =>
      outbox.append(NoteWritten, { note: 'a' }, { key: 'k' }),
    );
    await relay.claim(10, (rows) => {
      expect(rows).toEqual([
        expect.objectContaining({
          event: 'identity.note.written',
          key: 'k',
          data: { note: 'a' },
          headers: { 'Gatehouse-Request-Id': 'r1', traceparent },
        }),
      ]);
      return all(rows);
    });
  });

  it('refuses data that breaks the event, as our own mistake and not as the caller’s', async () => {
    const broken = outbox.append(NoteWritten, { note: 1 } as never);
    await expect(broken).rejects.toThrow('identity.note.written cannot be emitted: Mend these fields: note.');
    await expect(broken).rejects.not.toBeInstanceOf(Refusal);
  });

  it('goes along in one statement with what it tells of', async () => {
    const row = outbox.row(NoteWritten, { note: 'cte' }, 'k');
    await tx.query(
      `with fact as (select 1) insert into outbox (id, event, key, data, headers) select $1::uuid, $2, $3, $4::jsonb, $5::jsonb from fact`,
      [row.id, row.event, row.key, row.data, row.headers],
    );
    expect(await stored()).toEqual(['cte']);
  });

  it('H6: hands rows over in order, batch by batch, and deletes what was published', async () => {
    for (let i = 0; i < 7; i++) await outbox.append(NoteWritten, { note: `n${i}` });
    const seen: string[] = [];
    const claim = (): Promise<number> =>
      relay.claim(3, (rows) => {
        seen.push(...notes(rows));
        return all(rows);
      });
    expect([await claim(), await claim(), await claim(), await claim()]).toEqual([3, 3, 1, 0]);
    expect(seen).toEqual(['n0', 'n1', 'n2', 'n3', 'n4', 'n5', 'n6']);
    expect(await stored()).toEqual([]);
  });

  it('REL1: keeps what was not published, and what was when the relay dies before the deletion', async () => {
    for (const note of ['a', 'b', 'c']) await outbox.append(NoteWritten, { note });
    await relay.claim(10, (rows) => Promise.resolve([rows[0]!.id]));
    expect(await stored()).toEqual(['b', 'c']);
    const ids: string[][] = [];
    await relay
      .claim(10, async (rows) => {
        ids.push(await all(rows));
        throw new Error('killed');
      })
      .catch(() => undefined);
    await relay.claim(10, async (rows) => {
      ids.push(await all(rows));
      return all(rows);
    });
    expect(ids[1]).toEqual(ids[0]);
    expect(await stored()).toEqual([]);
  });

  it('one replica at a time: another one gets nothing while the first publishes', async () => {
    const second = await moduleOn({ url: open.database.url });
    await outbox.append(NoteWritten, { note: 'once' });
    let other = -1;
    await relay.claim(10, async (rows) => {
      other = await second.get(OutboxRepository).claim(10, all);
      return all(rows);
    });
    expect(other).toBe(0);
    expect(await stored()).toEqual([]);
    await second.close();
  });

  it('tells how much waits and for how long', async () => {
    expect(await relay.backlog()).toEqual({ rows: 0, oldestSeconds: 0 });
    await outbox.append(NoteWritten, { note: 'a' });
    await open.database.query(`update outbox set at = now() - interval '1 minute'`);
    const backlog = await relay.backlog();
    expect(backlog.rows).toBe(1);
    expect(backlog.oldestSeconds).toBeGreaterThanOrEqual(60);
  });
});
