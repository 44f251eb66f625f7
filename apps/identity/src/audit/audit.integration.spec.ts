import { randomUUID } from 'node:crypto';
import { connect, headers } from '@nats-io/transport-node';
import {
  allEvents,
  eventSubject,
  LicenseClaimed,
  Logout,
  SearchAudit,
  SessionsRevoked,
  VerifyAuditLog,
  type AuditEntry,
  type SearchAuditRequest,
} from '#contracts';
import { OutboxRepository } from '#persistence';
import { eventually } from '../../../../test/support/eventually.js';
import { actorOf, IdentityApp, newcomer, outcome, parallel } from '../../test/identity-app.js';
import { AuditRetention } from './audit-retention.service.js';
import { AuditSealer } from './audit-sealer.service.js';

let app: IdentityApp;
beforeAll(async () => {
  app = await IdentityApp.start();
});
afterAll(() => app?.stop());

const origin = { ip: '203.0.113.7', user_agent: 'Lantern/1.0' };
const search = (asked: SearchAuditRequest) => app.ask(SearchAudit, asked);
const verify = () => app.ask(VerifyAuditLog, {});
/** The entries of a search once the relay has brought that many. */
const found = (count: number, asked: SearchAuditRequest): Promise<AuditEntry[]> =>
  eventually('the entries', 30_000, async () => {
    const { entries } = await search(asked);
    return entries.length >= count ? entries : undefined;
  });
const drained = () =>
  eventually('the outbox to be empty', 30_000, async () =>
    (await app.get(OutboxRepository).backlog()).rows === 0 ? true : undefined,
  );
const TABLES = ['audit_log', 'audit_seals', 'audit_prunes'];
/** As somebody who owns the database and takes the guards away. */
async function tamper(sql: string): Promise<void> {
  const each = (verb: string) => TABLES.map((table) => `ALTER TABLE ${table} ${verb} TRIGGER USER`).join('; ');
  await app.database.query(`${each('DISABLE')}; ${sql}; ${each('ENABLE')}`);
}

describe('the audit log', () => {
  it('R-LG1 E-limits: a sign-in, a refusal and a sign-out are there with who, when, where, what, factors and cause', async () => {
    const { email } = newcomer();
    const issued = await app.register({ email });
    const user_id = issued.tokens.user.id;
    await app.ask(Logout, {}, { actor: actorOf(issued), origin });
    await outcome(app.login(email, 'not the password'));
    const wanted = ['auth.login_failed', 'auth.login_success', 'auth.logout'];
    const entries = await eventually('all three', 30_000, async () => {
      const { entries } = await search({ user_id });
      return wanted.every((event) => entries.some((e) => e.event === event)) ? entries : undefined;
    });
    const failed = entries.find((e) => e.event === 'auth.login_failed')!;
    expect(failed).toMatchObject({ outcome: 'failure', cause: 'wrong_password', user_id, client_id: 'branchpy-cli' });
    expect(entries.find((e) => e.event === 'auth.login_success')).toMatchObject({
      ...{ outcome: 'success', factors: ['pwd'], session_id: issued.session_id },
    });
    expect(entries.find((e) => e.event === 'auth.logout')).toMatchObject({ ...origin, actor_id: user_id });
    expect(Math.abs(Date.parse(failed.at) - Date.now())).toBeLessThan(60_000);
  });

  it('R-LG1 A-events: takes over what other services tell, once', async () => {
    const { tokens } = await app.register();
    const claim = { user_id: tokens.user.id, plan: 'renpy_free' };
    const id = randomUUID();
    const nc = await connect(app.broker.connectionOptions('licensing'));
    const head = headers();
    head.set('Nats-Msg-Id', id);
    for (let i = 0; i < 3; i++) nc.publish(eventSubject(LicenseClaimed), JSON.stringify(claim), { headers: head });
    await nc.drain();
    const [entry, ...more] = await found(1, { user_id: claim.user_id, event: 'license.claim' });
    expect(entry).toMatchObject({ data: { plan: 'renpy_free', event_id: id } });
    expect(more).toEqual([]);
  });

  it('H10: every row that leaves the outbox is one entry, in order, whichever replica relays', async () => {
    await app.replica();
    await app.replica();
    await parallel(40, () => app.register());
    await drained();
    const rows = await app.database.query<{ told: string; noted: string; last: string; ordered: boolean }>(
      `SELECT (SELECT count(*) FROM told) AS told, count(*) AS noted, max(seq) AS last,
         count(DISTINCT id) = count(*) AS ordered FROM audit_log`,
    );
    expect(rows[0]!.noted).toBe(rows[0]!.told);
    expect(rows[0]!.last).toBe(rows[0]!.noted);
    expect(await verify()).toMatchObject({ entries: Number(rows[0]!.noted), broken_at: null });
  });

  it('is searched by event, time, address and range, page by page, and refuses what is none of these', async () => {
    const { email } = newcomer();
    const { tokens } = await app.register({ email });
    const user_id = tokens.user.id;
    for (let i = 0; i < 5; i++) await outcome(app.login(email, 'wrong'));
    const all = await found(5, { user_id, event: 'auth.login_failed' });
    const first = await search({ user_id, event: 'identity.login.failed', limit: 2 });
    const second = await search({ user_id, event: 'auth.login_failed', limit: 2, cursor: first.next_cursor! });
    const third = await search({ user_id, event: 'auth.login_failed', limit: 2, cursor: second.next_cursor! });
    expect([...first.entries, ...second.entries, ...third.entries]).toEqual(all);
    expect(third.next_cursor).toBeNull();
    expect((await search({ from: new Date(Date.now() + 60_000).toISOString() })).entries).toEqual([]);
    expect((await search({ to: new Date(Date.now() - 60_000).toISOString() })).entries).toEqual([]);
    for (const bad of [{ ip: 'nowhere' }, { ip: '10.0.0.0/33' }, { cursor: 'x y' }] as SearchAuditRequest[]) {
      await expect(outcome(search(bad))).resolves.toBe('validation_failed');
    }
  });

  it('R-LG3: what is typed as a user agent cannot forge a line, and an address that is none is left out', async () => {
    const issued = await app.register();
    const agent = 'x\r\n{"event":"auth.roles_changed"}\u2028\u202e\u001b[31m';
    await app.ask(Logout, {}, { actor: actorOf(issued), origin: { ip: 'not an address', user_agent: agent } });
    const [entry] = await found(1, { user_id: issued.tokens.user.id, event: 'auth.logout' });
    expect(entry).toMatchObject({
      ip: null,
      user_agent: 'x\\u000d\\u000a{"event":"auth.roles_changed"}\\u2028\\u202e\\u001b[31m',
    });
  });

  it('R-LG1: the bus never carries who asked from where', async () => {
    const nc = await connect(app.broker.connectionOptions('gateway'));
    const told = nc.subscribe(eventSubject(SessionsRevoked), { max: 1 });
    await nc.flush();
    const issued = await app.register();
    await app.ask(Logout, {}, { actor: actorOf(issued), origin });
    for await (const message of told) {
      expect(message.headers?.keys().filter((name) => name.startsWith('_'))).toEqual([]);
      expect(message.headers?.get('Gatehouse-Request-Id')).toBeTruthy();
    }
    await nc.close();
    expect((await found(1, { user_id: issued.tokens.user.id, event: 'auth.token_revoked' }))[0]).toMatchObject(origin);
  });
});

describe('tampering with the audit log', () => {
  beforeAll(async () => {
    for (let i = 0; i < 3; i++) await app.register();
    await drained();
    expect((await verify()).broken_at).toBeNull();
    await app.database.query(TABLES.map((table) => `CREATE TABLE kept_${table} AS TABLE ${table}`).join('; '));
  });
  afterEach(() => tamper(TABLES.map((t) => `TRUNCATE ${t}; INSERT INTO ${t} SELECT * FROM kept_${t}`).join('; ')));
  afterAll(async () => {
    expect((await verify()).broken_at).toBeNull();
  });

  it.each([
    ['what happened', `UPDATE audit_log SET cause = 'nothing' WHERE seq = 2`],
    ['who did it', `UPDATE audit_log SET subject = gen_random_uuid() WHERE seq = 2`],
    ['where it came from', `UPDATE audit_log SET ip = '192.0.2.1', salt = gen_random_uuid() WHERE seq = 2`],
    ['an entry away', 'DELETE FROM audit_log WHERE seq = 2'],
    ['everything away', 'TRUNCATE audit_log'],
    ['a seal', `UPDATE audit_seals SET digest = '\\x00'`],
    ['a seal away', 'DELETE FROM audit_seals'],
  ])('R-LG3: the database itself refuses to change or take %s', async (_, sql) => {
    await expect(app.database.query(sql)).rejects.toThrow('append-only');
  });

  it.each([
    ['changed', `UPDATE audit_log SET cause = 'nothing' WHERE seq = 2`, /was changed/],
    ['blanked', `UPDATE audit_log SET origin_digest = NULL, event = 'x' WHERE seq = 3`, /was changed/],
    ['taken out', 'DELETE FROM audit_log WHERE seq = 2', /entry 2 is missing/],
    [
      'swapped',
      'UPDATE audit_log SET seq = -seq WHERE seq IN (4, 5); UPDATE audit_log SET seq = 9 + seq WHERE seq < 0',
      /was changed/,
    ],
    ['cut off with its seals', 'DELETE FROM audit_log WHERE seq > 1; DELETE FROM audit_seals', /cut off|not the one/],
    [
      'said to be pruned',
      `INSERT INTO audit_prunes VALUES (9, '\\x00', now()); DELETE FROM audit_log`,
      /what was pruned was changed/,
    ],
  ])('R-LG3: verification finds what the owner of the database has %s', async (_, sql, says) => {
    await tamper(sql);
    expect((await verify()).broken_at).toMatch(says);
  });

  it('R-GD2 R-LG3: taking out where somebody came from who is still here is found', async () => {
    await app.database.query('UPDATE audit_log SET ip = NULL, user_agent = NULL, note = NULL, salt = NULL');
    expect((await verify()).broken_at).toMatch(/was taken out/);
  });

  it('R-LG3: an owner without the key cannot make the chain anew', async () => {
    await tamper(`UPDATE audit_log SET cause = 'nothing' WHERE seq = 2; DELETE FROM audit_seals`);
    await expect(app.get(AuditSealer).seal()).rejects.toThrow('set back');
    expect((await verify()).broken_at).toMatch(/cut off|not the one/);
  });
});

describe('what may go from the audit log', () => {
  const elsewhere = { ip: '198.51.100.9', user_agent: 'Heron/2.0' };

  it('R-GD2: who is erased leaves a pseudonym and nothing personal, and the chain holds', async () => {
    const issued = await app.register();
    const user_id = issued.tokens.user.id;
    await app.ask(Logout, {}, { actor: actorOf(issued), origin: elsewhere });
    const before = await found(4, { user_id });
    const subject = before[0]!.subject!;
    expect((await search({ ip: '198.51.100.0/24' })).entries).toHaveLength(2);
    await app.database.query('DELETE FROM website_users WHERE id = $1', [user_id]);
    const trail = await found(before.length + 1, { subject });
    expect(trail[0]).toMatchObject({ event: 'auth.audit_forgotten', user_id: null });
    for (const entry of trail) expect(entry).toMatchObject({ subject, user_id: null, ip: null, user_agent: null });
    const [dump] = await app.database.query<{ text: string }>(
      `SELECT string_agg(l::text, ' ') AS text FROM audit_log l`,
    );
    for (const identifier of [user_id, elsewhere.ip, elsewhere.user_agent])
      expect(dump!.text).not.toContain(identifier);
    expect(await verify()).toMatchObject({ broken_at: null });
    expect((await search({ user_id })).entries).toEqual([]);
  });

  it('R-GD2: what is told of somebody who is gone by then keeps nothing personal either', async () => {
    const user_id = randomUUID();
    const headers = { _account: user_id, _ip: elsewhere.ip, _agent: elsewhere.user_agent };
    const event = 'identity.session.ended';
    await app.database.query(`INSERT INTO outbox (id, event, data, headers) VALUES (uuidv7(), $1, $2, $3)`, [
      event,
      { user_id, session_id: user_id },
      headers,
    ]);
    const entry = await eventually('the entry', 30_000, async () =>
      (await search({ event })).entries.find((e) => e.session_id === user_id),
    );
    expect(entry).toMatchObject({ subject: null, actor: null, ip: null, user_agent: null });
  });

  it('old entries: the rest still verifies, and no more than was noted can be deleted', async () => {
    await drained();
    expect((await verify()).unsealed).toBe(0);
    const [{ n: old }] = (await app.database.query<{ n: string }>('SELECT count(*) AS n FROM audit_log')) as [
      { n: string },
    ];
    await tamper(`UPDATE audit_seals SET at = now() - interval '500 days'`);
    await app.register();
    await drained();
    expect(await app.get(AuditRetention).sweep()).toBe(Number(old));
    await expect(app.database.query('DELETE FROM audit_log')).rejects.toThrow('append-only');
    await app.register();
    await drained();
    const left = (await search({ limit: 500 })).entries;
    expect(await verify()).toMatchObject({ broken_at: null, entries: left.length, unsealed: 0 });
    const next = left.at(-1)!.seq;
    await tamper(`DELETE FROM audit_log WHERE seq = ${next}`);
    expect((await verify()).broken_at).toBe(`entry ${next} is missing`);
  });
});

it('A-events: every event of identity has a public name that the log shows', () => {
  const names = allEvents().map((e) => e.publicName);
  for (const name of [
    ...['auth.login_success', 'auth.login_failed', 'auth.refresh_success', 'auth.refresh_failed', 'auth.logout'],
    ...['auth.token_revoked', 'license.entitlement_check', 'license.claim', 'installation.device_approved'],
  ]) {
    const event = allEvents().find((e) => e.publicName === name)!;
    expect([name, event.name.startsWith('identity.') || event.listeners.includes('identity')]).toEqual([name, true]);
  }
  expect(new Set(names).size).toBe(names.length);
});
