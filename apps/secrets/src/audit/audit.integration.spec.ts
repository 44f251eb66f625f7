import pg from 'pg';
import type { INestMicroservice } from '@nestjs/common';
import { Log, Metrics } from '#boot';
import type { Bus } from '#bus';
import { SignToken, Unavailable, VerifyAudit } from '#contracts';
import { Transactions } from '#persistence';
import { testRun } from '../../../../test/support/index.js';
import { accessClaims, secretsWorld, type SecretsWorld } from '../../test/secrets-replica.js';
import { AuditLog } from './audit-log.service.js';
import { AuditRepository } from './audit.repository.js';

const NOWHERE = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** What somebody with every right in the database may try. `$chain` has at least 20 entries. */
const TAMPERING: [what: string, sql: string, found: RegExp][] = [
  ['an entry is deleted', 'DELETE FROM audit_log WHERE chain = $chain AND seq = 7', /entry 7 is missing/],
  ['the first entry is deleted', 'DELETE FROM audit_log WHERE chain = $chain AND seq = 1', /entry 1 is missing/],
  ['the last entries are cut off', 'DELETE FROM audit_log WHERE chain = $chain AND seq > 15', /entry 16 is missing/],
  [
    'the end is cut off and the head set back',
    `DELETE FROM audit_log WHERE chain = $chain AND seq > 15;
     UPDATE audit_heads SET seq = 15, tail = (SELECT mac FROM audit_log WHERE chain = $chain AND seq = 15) WHERE chain = $chain`,
    /head of chain .* was changed/,
  ],
  ['all entries are deleted', 'DELETE FROM audit_log WHERE chain = $chain', /has lost all its entries|is missing/],
  [
    'a chain is deleted with its head',
    'DELETE FROM audit_log WHERE chain = $chain; DELETE FROM audit_heads WHERE chain = $chain',
    /chain number \d+ is missing/,
  ],
  ['a head is deleted', 'DELETE FROM audit_heads WHERE chain = $chain', /chain number \d+ is missing/],
  [
    'a caller is changed',
    "UPDATE audit_log SET caller = 'nobody' WHERE chain = $chain AND seq = 3",
    /entry 3 was changed/,
  ],
  [
    'a subject is taken away',
    'UPDATE audit_log SET subject = NULL WHERE chain = $chain AND seq = 9',
    /entry 9 was changed/,
  ],
  [
    'a time is moved by a millisecond',
    "UPDATE audit_log SET at = at + interval '1 ms' WHERE chain = $chain AND seq = 5",
    /entry 5 was changed/,
  ],
  [
    'a code is changed',
    'UPDATE audit_log SET mac = set_byte(mac, 0, get_byte(mac, 0) # 1) WHERE chain = $chain AND seq = 5',
    /entry 5 was changed/,
  ],
  [
    'two entries change places',
    `UPDATE audit_log SET seq = -1 WHERE chain = $chain AND seq = 4;
     UPDATE audit_log SET seq = 4 WHERE chain = $chain AND seq = 5;
     UPDATE audit_log SET seq = 5 WHERE chain = $chain AND seq = -1`,
    /entry 4 was changed/,
  ],
  [
    'an entry is deleted and the later ones close up',
    `DELETE FROM audit_log WHERE chain = $chain AND seq = 4;
     UPDATE audit_log SET seq = seq - 1000 WHERE chain = $chain AND seq > 4;
     UPDATE audit_log SET seq = seq + 999 WHERE chain = $chain AND seq < 0`,
    /entry 4 was changed/,
  ],
  [
    'an entry is put at the end',
    `INSERT INTO audit_log SELECT chain, (SELECT max(seq) + 1 FROM audit_log WHERE chain = $chain), at, action, caller, kid, subject, request_id, mac
     FROM audit_log WHERE chain = $chain AND seq = 1`,
    /was changed/,
  ],
  [
    'an entry is put into a chain that does not exist',
    `INSERT INTO audit_log SELECT '${NOWHERE}', 1, at, action, caller, kid, subject, request_id, mac FROM audit_log WHERE chain = $chain AND seq = 1`,
    /has no head/,
  ],
];

describe('the audit log', () => {
  let world: SecretsWorld;
  let replica: INestMicroservice;
  let identity: Bus;
  let gateway: Bus;
  let superuser: pg.Client;
  /** The chain of a replica that is no more: nobody writes into it while it is tampered with. */
  let chain: string;
  beforeAll(async () => {
    world = await secretsWorld();
    identity = await world.bus('identity');
    gateway = await world.bus('gateway');
    const first = await world.replica();
    for (let n = 0; n < 25; n++) await sign();
    chain = first.get(AuditLog).ownHead!.chain;
    await first.close();
    replica = await world.replica();
    await world.replica();
    const url = new URL(testRun().postgresUrl);
    url.pathname = new URL(world.database.url).pathname;
    superuser = new pg.Client({ connectionString: url.href });
    await superuser.connect();
  }, 60_000);
  afterAll(async () => {
    await superuser?.end();
    await world?.end();
  });

  const sign = () => identity.send(SignToken, { purpose: 'access', claims: accessClaims() });
  const verify = () => gateway.send(VerifyAudit, {});
  const entries = async (): Promise<number> =>
    Number((await world.database.query<{ count: string }>('SELECT count(*) FROM audit_log'))[0]!.count);

  it('SEC9 H10: is whole, one chain for each replica, with an entry for every signature', async () => {
    const before = await entries();
    for (let n = 0; n < 10; n++) await sign();
    const report = await verify();
    expect(report.broken_at).toBeNull();
    // A replica that was started and has used no key yet has none.
    expect([2, 3]).toContain(report.chains);
    expect(report.entries).toBeGreaterThanOrEqual(before + 10);
    const signed = await world.database.query("SELECT 1 FROM audit_log WHERE action = 'access.sign'");
    expect(signed).toHaveLength(35);
  });

  it('is whole while it is being written', async () => {
    const log = replica.get(AuditLog);
    let over = false;
    const writing = (async () => {
      const batch = () => Array.from({ length: 20 }, () => log.append({ action: 'test', caller: 'secrets' }));
      while (!over) await Promise.all(batch());
    })();
    try {
      for (let n = 0; n < 4; n++) expect((await verify()).broken_at).toBeNull();
    } finally {
      over = true;
      await writing;
    }
    expect((await verify()).broken_at).toBeNull();
  });

  it.each(TAMPERING)('SEC10: verification notices when %s', async (_what, sql, found) => {
    await superuser.query(`
      CREATE TABLE kept_log AS SELECT * FROM audit_log WHERE chain = '${chain}';
      CREATE TABLE kept_heads AS SELECT * FROM audit_heads WHERE chain = '${chain}';
      SET session_replication_role = replica;
      ${sql.replaceAll('$chain', `'${chain}'`)}`);
    try {
      expect((await verify()).broken_at).toMatch(found);
    } finally {
      await superuser.query(`
        DELETE FROM audit_log WHERE chain IN ('${chain}', '${NOWHERE}'); DELETE FROM audit_heads WHERE chain = '${chain}';
        INSERT INTO audit_log TABLE kept_log; INSERT INTO audit_heads TABLE kept_heads;
        DROP TABLE kept_log, kept_heads; SET session_replication_role = origin`);
    }
    expect((await verify()).broken_at).toBeNull();
  });

  it.each(['audit_log', 'audit_heads'])(
    'SEC10: verification tells that the log is broken when %s is not there',
    async (table) => {
      await world.database.query(`ALTER TABLE ${table} RENAME TO taken_away`);
      try {
        expect(await verify()).toMatchObject({ broken_at: expect.stringMatching(/cannot be read/) });
      } finally {
        await world.database.query(`ALTER TABLE taken_away RENAME TO ${table}`);
      }
      expect((await verify()).broken_at).toBeNull();
    },
  );

  it('SEC10: rows cannot be changed, deleted or truncated, even by the tables’ owner', async () => {
    for (const sql of ["UPDATE audit_log SET caller = 'x'", 'DELETE FROM audit_log', 'TRUNCATE audit_log']) {
      await expect(world.database.query(sql)).rejects.toThrow(/append-only/);
    }
  });

  it('SEC10: a writer whose chain was set back writes nothing more into it and hands nothing out', async () => {
    // A writer of its own, so that nothing else of the replica meets the broken chain first.
    const log = new AuditLog(replica.get(AuditRepository), replica.get(Transactions), replica.get(Log), new Metrics());
    log.open(replica.get(AuditLog).chainKey);
    await log.append({ action: 'access.sign', caller: 'identity' });
    const own = log.ownHead!;
    await superuser.query('CREATE TABLE kept_heads AS SELECT * FROM audit_heads WHERE chain = $1', [own.chain]);
    await log.append({ action: 'access.sign', caller: 'identity' });
    await superuser.query(`
      UPDATE audit_heads h SET seq = k.seq, tail = k.tail, mac = k.mac FROM kept_heads k WHERE h.chain = k.chain;
      SET session_replication_role = replica;
      DELETE FROM audit_log l USING kept_heads k WHERE l.chain = k.chain AND l.seq > k.seq;
      SET session_replication_role = origin`);
    await expect(log.append({ action: 'access.sign', caller: 'identity' })).rejects.toMatchObject({
      code: Unavailable.code,
    });
    expect(world.logged.join('')).toContain(`the audit chain ${own.chain} was changed from outside`);
    // It goes on in a new one.
    await log.append({ action: 'access.sign', caller: 'identity' });
    expect(log.ownHead!.chain).not.toBe(own.chain);
  });
});
