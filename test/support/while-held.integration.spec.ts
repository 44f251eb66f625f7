import pg from 'pg';
import { pause } from './eventually.js';
import { testDatabase, type TestDatabase } from './index.js';
import { whileHeld } from './while-held.js';

describe('an act while somebody else is changing rows', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase('licensing', []);
    await database.query('CREATE TABLE things (id integer PRIMARY KEY, n integer NOT NULL)');
    await database.query('INSERT INTO things VALUES (1, 0)');
  });
  afterAll(() => database?.drop());

  const change = { sql: 'UPDATE things SET n = n + 1 WHERE id = $1', params: [1] };

  it('is seen to wait, also when it connects only after it was looked for', async () => {
    const answer = await whileHeld(database, change, async () => {
      await pause(200);
      const late = new pg.Client({ connectionString: database.url });
      await late.connect();
      try {
        return (await late.query<{ n: number }>('UPDATE things SET n = n * 10 WHERE id = 1 RETURNING n')).rows[0];
      } finally {
        await late.end();
      }
    });
    expect(answer).toEqual({ n: 10 });
  }, 20_000);
});
