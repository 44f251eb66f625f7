import { DeadLetter, parse } from '#contracts';
import { openPersistence, type OpenPersistence } from '../../test/open-persistence.js';
import { newId } from '../ids/new-id.js';
import { DeadLetterRepository } from './dead-letter.repository.js';

describe('DeadLetterRepository on Postgres', () => {
  let open: OpenPersistence;
  let letters: DeadLetterRepository;

  beforeAll(async () => {
    open = await openPersistence();
    letters = open.get(DeadLetterRepository);
  });
  afterAll(() => open.close());

  const letter = { event: 'a.b.c', data: { x: [1] }, error: 'no', tries: 5 };

  it('REL3: lists them newest first, in the form of the contract', async () => {
    for (const event_id of ['e1', 'e2', 'e3']) await letters.insert({ ...letter, event_id });
    const list = await letters.list();
    expect(list.map((l) => l.event_id)).toEqual(['e3', 'e2', 'e1']);
    expect(parse(DeadLetter, list[0])).toMatchObject({ event: 'a.b.c', data: { x: [1] }, error: 'no', tries: 5 });
    expect(new Date(list[0]!.at).toISOString()).toBe(list[0]!.at);
  });

  it('keeps an event once, with the last reason, cut to what the contract holds', async () => {
    await letters.insert({ ...letter, event_id: 'e1', error: 'x'.repeat(5_000), tries: 10 });
    expect(await letters.count()).toBe(3);
    expect((await letters.list())[0]).toMatchObject({ event_id: 'e1', tries: 10, error: 'x'.repeat(1_000) });
  });

  it('finds and deletes one; a second time there is none', async () => {
    const { id } = (await letters.list())[0]!;
    expect(await letters.find(id)).toMatchObject({ id, event_id: 'e1' });
    expect(await letters.delete(id)).toBe(true);
    expect(await letters.delete(id)).toBe(false);
    expect(await letters.find(newId())).toBeUndefined();
  });
});
