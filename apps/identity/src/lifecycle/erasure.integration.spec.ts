import { DeleteAccount, ErasureCompleted, ListErasures, ReadErasure, UserErased, type IssuedTokens } from '#contracts';
import { eventually } from '../../../../test/support/eventually.js';
import { whileHeld } from '../../../../test/support/while-held.js';
import { ErasingNeighbours, type ErasingApp } from '../../test/erasing-neighbours.js';
import { actorOf, IdentityApp, newcomer, outcome } from '../../test/identity-app.js';
import { ErasureWorker } from './erasure-worker.js';
import { Erasures } from './erasures.service.js';
import { PERSONAL_TABLES } from './personal-tables.js';

let app: IdentityApp;
let neighbours: ErasingNeighbours;
beforeAll(async () => {
  app = await IdentityApp.start({ deletionGraceDays: 0 });
  neighbours = await ErasingNeighbours.start(app.broker);
  // Nothing here may wait for the next round, which would hide what is left out.
  clearInterval((app.get(ErasureWorker) as unknown as { timer: NodeJS.Timeout }).timer);
});
afterAll(async () => {
  await neighbours?.stop();
  await app?.stop();
});
afterEach(() => neighbours.all.forEach((n) => (n.silent = false)));

const idOf = (issued: IssuedTokens): string => issued.tokens.user.id;
const remove = (issued: IssuedTokens) => app.ask(DeleteAccount, {}, { actor: actorOf(issued), timeoutMs: 30_000 });
const prove = (issued: IssuedTokens) =>
  app.database.query('UPDATE website_users SET email_verified_at = now() WHERE id = $1', [idOf(issued)]);
const told = (of: ErasingApp, id: string) => neighbours.of(of).told.filter((t) => t.user_id === id);
const completed = (id: string) =>
  eventually('the erasure to be completed', 30_000, async () => (await app.events(ErasureCompleted, id))[0]);
const begun = (id: string) => eventually('the services to be told', 30_000, async () => told('licensing', id)[0]);

const schedule = (id: string, ago = '0 s') =>
  app.database.query(
    `INSERT INTO account_erasures (id, user_id, state, due_at)
     VALUES (uuidv7(), $1, 'waiting', now() - $2::text::interval)`,
    [id, ago],
  );
/** An account that is to be erased, and of which nobody was told. */
async function closed(ago?: string): Promise<string> {
  const id = idOf(await app.register());
  await app.database.query(`UPDATE website_users SET deleted_at = now() WHERE id = $1`, [id]);
  await schedule(id, ago);
  return id;
}
const waits = async (id: string): Promise<boolean> => {
  const open = `SELECT 1 FROM account_erasures WHERE user_id = $1 AND state = 'waiting'`;
  return (await app.database.query(open, [id])).length > 0;
};

/** Every row of every table of identity's database, as text; only the test's own copy of the events is left out. */
async function everything(): Promise<string> {
  const tables = await app.database.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'told'`,
  );
  const rows = await Promise.all(
    tables.map(({ name }) => app.database.query(`SELECT '${name}' AS tbl, t::text AS row FROM "${name}" t`)),
  );
  return JSON.stringify(rows.flat());
}

describe('an erasure', () => {
  it('C-account.delete R-GD2: leaves nothing of address, name or id in any table', async () => {
    const who = newcomer();
    const issued = await app.register(who);
    await prove(issued);
    await app.login(who.email, who.password);
    await outcome(app.login(who.email, 'not the password'));
    await app.database.query(`INSERT INTO users (id, email) VALUES ($1, $2)`, [`old-${idOf(issued)}`, who.email]);
    await remove(issued);
    await completed(idOf(issued));
    const left = await eventually('the outbox to be empty', 30_000, async () => {
      const rows = await app.database.query('SELECT 1 FROM outbox');
      return rows.length ? undefined : everything();
    });
    for (const trace of [who.email, who.username, idOf(issued)]) expect(left).not.toContain(trace);
  });

  it('R-GD2: no event says more than ids', async () => {
    const who = newcomer();
    const issued = await app.register(who);
    await remove(issued);
    await completed(idOf(issued));
    const events = JSON.stringify(await app.database.query('SELECT data FROM told WHERE key = $1', [idOf(issued)]));
    expect(events).toContain(idOf(issued));
    for (const trace of [who.email, who.username]) expect(events).not.toContain(trace);
  });

  it('R-GD4: whoever comes with the address again is somebody new', async () => {
    const who = newcomer();
    const issued = await app.register(who);
    await remove(issued);
    await completed(idOf(issued));
    const again = await app.register(who);
    expect(idOf(again)).not.toBe(idOf(issued));
    expect(again.tokens.user).toMatchObject({ email_verified: false, display_name: null, roles: [], plan: 'free' });
  });

  it('R-GD2: tells each service the address only when it was proven, and only until it is done', async () => {
    const [proven, typed] = [await app.register(), await app.register()];
    await prove(proven);
    neighbours.of('secrets').silent = true;
    for (const issued of [proven, typed]) await remove(issued);
    const [one, other] = [await begun(idOf(proven)), await begun(idOf(typed))];
    const licensing = neighbours.of('licensing');
    const subject = { user_id: idOf(proven), email: proven.tokens.user.email };
    expect(await licensing.subjectOf(one.erasure_id)).toEqual(subject);
    expect(await licensing.subjectOf(other.erasure_id)).toEqual({ user_id: idOf(typed), email: null });
    for (const { erasure_id } of [one, other]) await neighbours.of('secrets').acknowledge(erasure_id);
    await Promise.all([completed(idOf(proven)), completed(idOf(typed))]);
    await expect(outcome(licensing.subjectOf(one.erasure_id))).resolves.toBe('not_found');
    expect(ReadErasure.callers).toEqual(['licensing', 'fulfillment']);
  });

  it('R-GD4: until every service is done the address stays taken, and whoever is silent is told again', async () => {
    const who = newcomer();
    const issued = await app.register(who);
    neighbours.of('fulfillment').silent = true;
    await remove(issued);
    const { erasure_id } = await begun(idOf(issued));
    await eventually('the others to answer', 30_000, async () =>
      (await report(erasure_id)).waiting_for.join() === 'fulfillment' ? true : undefined,
    );
    await expect(outcome(app.register({ email: who.email }))).resolves.toBe('email_taken');
    await app.get(ErasureWorker).sweep(0);
    await eventually('a second telling', 30_000, async () => told('fulfillment', idOf(issued))[1]);
    expect(await report(erasure_id)).toMatchObject({ state: 'erasing', told: 2, user_id: idOf(issued) });
    await neighbours.of('fulfillment').acknowledge(erasure_id);
    await neighbours.of('fulfillment').acknowledge(erasure_id);
    await completed(idOf(issued));
    expect(await report(erasure_id)).toMatchObject({ state: 'erased', user_id: null, waiting_for: [] });
    expect(await app.events(ErasureCompleted, idOf(issued))).toHaveLength(1);
  });

  it('R-GD2: four acknowledgements at once complete it once', async () => {
    neighbours.all.forEach((n) => (n.silent = true));
    const issued = await app.register();
    await remove(issued);
    const { erasure_id } = await begun(idOf(issued));
    const apps = [...neighbours.all.values()];
    await Promise.all([...apps, ...apps, ...apps].map((n) => n.acknowledge(erasure_id)));
    expect(await app.events(ErasureCompleted, idOf(issued))).toHaveLength(1);
  });

  it('R-GD2: several replicas that look at once begin it once', async () => {
    const id = await closed();
    const worker = app.get(ErasureWorker);
    await Promise.all(Array.from({ length: 8 }, () => worker.sweep()));
    await completed(id);
    expect(await app.events(UserErased, id)).toHaveLength(1);
  });

  it('R-GD2: one whose account is being written to is begun right after, not with the next round', async () => {
    const id = await closed();
    const seen = { sql: `UPDATE website_users SET last_seen_at = now() WHERE id = $1`, params: [id] };
    await whileHeld(app.database, seen, () => app.get(ErasureWorker).sweep());
    expect(await waits(id)).toBe(false);
    await completed(id);
  });

  it('R-GD2: one that cannot be erased holds up nobody else', async () => {
    const [stuck, other] = [await closed('1 minute'), await closed('1 second')];
    await app.database.query(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'stuck'; END $$;
      CREATE TRIGGER refuse BEFORE UPDATE ON website_users FOR EACH ROW
        WHEN (NEW.id = '${stuck}' AND NEW.username LIKE 'erased-%') EXECUTE FUNCTION refuse()`);
    const sweep = () => app.get(ErasureWorker).sweep();
    await expect(sweep()).rejects.toMatchObject({ cause: { message: 'stuck' } });
    await completed(other);
    expect(await waits(stuck)).toBe(true);
    await app.database.query('DROP TRIGGER refuse ON website_users');
    await sweep();
    await completed(stuck);
  });

  it('R-GD2: what a moment’s trouble has kept from being done is done right after it, without a further round', async () => {
    const worker = app.get(ErasureWorker);
    const due = jest.spyOn(app.get(Erasures), 'due').mockRejectedValueOnce(new Error('the database is away'));
    const id = await closed('1 second');
    worker.wake();
    await completed(id);
    expect(due.mock.calls.length).toBeGreaterThan(1);
    due.mockRestore();
  });

  it('REL12 R-GD2: one that may not be undone is begun at once, also by a replica whose clock is ahead', async () => {
    const issued = await app.register();
    const { now } = Date;
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() + 60_000);
    await remove(issued).finally(() => clock.mockRestore());
    await completed(idOf(issued));
  });

  it('R-GD1: an account that staff has opened again is not erased', async () => {
    const issued = await app.register();
    await schedule(idOf(issued));
    await app.get(ErasureWorker).sweep();
    expect(await app.database.query('SELECT 1 FROM account_erasures WHERE user_id = $1', [idOf(issued)])).toEqual([]);
    await expect(outcome(app.refresh(issued.tokens.refresh_token))).resolves.toBe('ok');
  });
});

it('R-GD2 R-GD3: every table that refers to an account is on the list of what is shown and erased', async () => {
  const found = await app.database.query<{ table: string; column: string; rule: string }>(
    `SELECT c.conrelid::regclass::text AS table, a.attname AS column, c.confdeltype AS rule
     FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
     WHERE c.contype = 'f' AND c.confrelid = 'website_users'::regclass`,
  );
  const listed = Object.entries(PERSONAL_TABLES).map(([table, { owner }]) => `${table}.${owner}`);
  expect(found.map((f) => `${f.table}.${f.column}`).sort()).toEqual(listed.sort());
  expect(found.filter((f) => f.rule !== 'c')).toEqual([]);
});

async function report(erasureId: string) {
  const { erasures } = await app.ask(ListErasures, {});
  return erasures.find((e) => e.id === erasureId)!;
}
