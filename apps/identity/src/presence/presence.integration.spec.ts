import { ListOnline, ReadMe, UpdateProfile, type IssuedTokens } from '#contracts';
import { whileHeld } from '../../../../test/support/while-held.js';
import { actorOf, IdentityApp, outcome, parallel, PASSWORD } from '../../test/identity-app.js';
import { LastSeen } from '../users/last-seen.service.js';
import { UsersService } from '../users/users.service.js';
import { PresenceRepository } from './presence.repository.js';
import { Presence } from './presence.service.js';

let app: IdentityApp;
beforeAll(async () => {
  app = await IdentityApp.start();
});
afterAll(() => app?.stop());

const as = (issued: IssuedTokens) => ({ actor: actorOf(issued) });
const list = async (asker: IssuedTokens) => (await app.ask(ListOnline, {}, as(asker))).users;
const sees = async (asker: IssuedTokens, other: IssuedTokens) =>
  (await list(asker)).some(({ id }) => id === other.tokens.user.id);
const change = (issued: IssuedTokens, to: string) =>
  app.database.query(`UPDATE website_users SET ${to} WHERE id = $1`, [issued.tokens.user.id]);
const lastSeen = (issued: IssuedTokens, when: string) => change(issued, `last_seen_at = ${when}`);
const seenAt = async ({ tokens }: IssuedTokens): Promise<Date> =>
  (await app.database.query('SELECT last_seen_at FROM website_users WHERE id = $1', [tokens.user.id]))[0]!
    .last_seen_at as Date;
/** Changes somebody, and looks whether they are there, by one clock: within a transaction it stands still. */
const within = ({ tokens: { user } }: IssuedTokens, to: string): Promise<boolean> =>
  app.transactions.run(async () => {
    await app.transactions.query(`UPDATE website_users SET ${to} WHERE id = $1`, [user.id]);
    return (await app.get(PresenceRepository).there()).some(({ id }) => id === user.id);
  });
const idsOf = (people: IssuedTokens[]) => people.map(({ tokens }) => tokens.user.id);
/** As realtime tells it. */
const seen = (...people: IssuedTokens[]) => app.get(Presence).seen(idsOf(people));
const left = (...people: IssuedTokens[]) => app.get(Presence).left(idsOf(people));

describe('who is there', () => {
  it('C-presence.online: whoever was seen within two minutes, with what others may know', async () => {
    const [one, other] = [await app.register(), await app.register()];
    const found = (await list(one)).find(({ id }) => id === other.tokens.user.id);
    expect(found).toEqual({
      id: other.tokens.user.id,
      username: other.tokens.user.username,
      display_name: null,
      avatar_url: null,
      status: 'online',
      last_seen: expect.any(String),
    });
    await lastSeen(other, `now() - interval '121 seconds'`);
    await expect(sees(one, other)).resolves.toBe(false);
  });

  it('C-presence.online R-LG5: whoever is invisible, suspended or deleted is nobody', async () => {
    const [one, other] = [await app.register(), await app.register()];
    await app.ask(UpdateProfile, { status: 'invisible' }, as(other));
    await expect(sees(one, other)).resolves.toBe(false);
    await app.ask(UpdateProfile, { status: 'busy' }, as(other));
    await expect(sees(one, other)).resolves.toBe(true);
    for (const gone of ['is_active = false', 'is_active = true, deleted_at = now()']) {
      await app.database.query(`UPDATE website_users SET ${gone} WHERE id = $1`, [other.tokens.user.id]);
      await expect(sees(one, other)).resolves.toBe(false);
    }
  });

  it('C-presence.online: open connections count, as realtime tells', async () => {
    const [one, other] = [await app.register(), await app.register()];
    await lastSeen(other, `now() - interval '1 hour'`);
    await seen(other);
    await expect(sees(one, other)).resolves.toBe(true);
  });

  it('RT26: who is being written to at the moment, by a sign-in say, is seen all the same', async () => {
    const [one, other, third] = [await app.register(), await app.register(), await app.register()];
    for (const who of [other, third]) await lastSeen(who, `now() - interval '1 hour'`);
    const signIn = { sql: 'UPDATE website_users SET last_login_at = now() WHERE id = $1', params: idsOf([other]) };
    await whileHeld(app.database, signIn, () => seen(other, third));
    expect([await sees(one, other), await sees(one, third)]).toEqual([true, true]);
  });

  it('E-guard: only for those who are signed in', async () => {
    const issued = await app.register();
    await app.database.query('UPDATE auth_sessions SET revoked_at = now() WHERE id = $1', [issued.session_id]);
    await expect(outcome(list(issued))).resolves.toBe('invalid_token');
  });
});

describe('RT26: whoever says goodbye', () => {
  it('is there for seconds more, and then gone, long before the two minutes are over', async () => {
    const [one, other] = [await app.register(), await app.register()];
    await left(other);
    await expect(sees(one, other)).resolves.toBe(true);
    const thereAfter = (seconds: number) => within(other, `left_at = now() - interval '${seconds} seconds'`);
    expect([await thereAfter(11.999_999), await thereAfter(12)]).toEqual([true, false]);
    await expect(sees(one, other)).resolves.toBe(false);
  });

  it('and is told twice to go is gone as early as told once', async () => {
    const [one, other] = [await app.register(), await app.register()];
    await left(other);
    await change(other, `left_at = left_at - interval '11 seconds'`);
    await left(other);
    await change(other, `left_at = left_at - interval '2 seconds'`);
    await expect(sees(one, other)).resolves.toBe(false);
  });

  it.each([
    ['opens a connection', (other: IssuedTokens) => seen(other)],
    [
      'asks for me',
      async (other: IssuedTokens) => {
        await app.ask(ReadMe, {}, as(other));
        await app.get(LastSeen).flush();
      },
    ],
    ['signs in', (other: IssuedTokens) => app.login(other.tokens.user.email!, PASSWORD)],
  ])('and %s is there again, whether before or after the seconds were over', async (_, comeBack) => {
    const [one, other] = [await app.register(), await app.register()];
    for (const ago of ['5 seconds', '30 seconds']) {
      await left(other);
      await change(other, `left_at = now() - interval '${ago}'`);
      await comeBack(other);
      await change(other, `left_at = left_at - interval '30 seconds'`);
      await expect(sees(one, other)).resolves.toBe(true);
    }
  });

  it('is not there again because an old report about somebody else comes', async () => {
    const [one, other] = [await app.register(), await app.register()];
    await left(other);
    await change(other, `left_at = now() - interval '30 seconds'`);
    await seen(one);
    await expect(sees(one, other)).resolves.toBe(false);
  });
});

describe('RT27: whoever is invisible', () => {
  it('is in nobody’s list, though seen, and comes back as somebody who has just come', async () => {
    const [one, other] = [await app.register(), await app.register()];
    await app.ask(UpdateProfile, { status: 'invisible' }, as(other));
    await lastSeen(other, `now() - interval '60 seconds'`);
    await app.ask(ReadMe, {}, as(other));
    await app.get(LastSeen).flush();
    expect(Date.now() - (await seenAt(other)).getTime()).toBeLessThan(30_000);
    await seen(other);
    await expect(sees(one, other)).resolves.toBe(false);
    await lastSeen(other, `now() - interval '40 seconds'`);
    const hidden = await seenAt(other);
    await app.ask(UpdateProfile, { status: 'online' }, as(other));
    const found = (await list(one)).find(({ id }) => id === other.tokens.user.id)!;
    expect(Date.parse(found.last_seen)).toBeGreaterThan(hidden.getTime() + 30_000);
  });
});

describe('RT28', () => {
  it('two minutes to the moment are within, a microsecond more is not', async () => {
    const other = await app.register();
    const at = (seconds: number) => within(other, `last_seen_at = now() - interval '${seconds} seconds'`);
    expect([await at(120), await at(120.000_001)]).toEqual([true, false]);
  });

  it.each([-3_600_000, 3_600_000])(
    'a replica whose clock is off by %i ms brings nobody back, and notes who is here by the clock of all',
    async (off) => {
      const [gone, here] = [await app.register(), await app.register()];
      await lastSeen(gone, `now() - interval '121 seconds'`);
      await lastSeen(here, `now() - interval '60 seconds'`);
      const { now } = Date;
      const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() + off);
      try {
        await app.get(UsersService).me(actorOf(here));
        await app.get(LastSeen).flush();
        const there = await app.get(PresenceRepository).there();
        expect(there.some(({ id }) => id === gone.tokens.user.id)).toBe(false);
      } finally {
        clock.mockRestore();
      }
      expect(Date.now() - (await seenAt(here)).getTime()).toBeLessThan(30_000);
    },
  );
});

it('RT29: last seen is written once in 45 seconds, however many connections and requests there are', async () => {
  const [one, two] = [await app.register(), await app.register()];
  for (const who of [one, two]) await lastSeen(who, `now() - interval '46 seconds'`);
  await app.database.query(`
    CREATE TABLE seen_writes (id uuid);
    CREATE FUNCTION count_seen() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN INSERT INTO seen_writes VALUES (NEW.id); RETURN NULL; END $$;
    CREATE TRIGGER count_seen AFTER UPDATE ON website_users FOR EACH ROW
      WHEN (OLD.last_seen_at IS DISTINCT FROM NEW.last_seen_at) EXECUTE FUNCTION count_seen()`);
  await parallel(20, async () => {
    await seen(one, two);
    await app.ask(ReadMe, {}, as(one));
    await app.get(LastSeen).flush();
  });
  // Also for somebody who leaves and comes back again and again.
  for (let i = 0; i < 5; i += 1) {
    await left(one);
    await seen(one);
  }
  const writes = await app.database.query('SELECT id FROM seen_writes ORDER BY id');
  expect(writes.map(({ id }) => id)).toEqual([one, two].map(({ tokens }) => tokens.user.id).sort());
});
