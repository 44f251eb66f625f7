import { Log } from '#boot';
import { VerifyAuditLog } from '#contracts';
import { OutboxRepository } from '#persistence';
import { eventually } from '../../../../test/support/eventually.js';
import { whileHeld } from '../../../../test/support/while-held.js';
import { IdentityApp } from '../../test/identity-app.js';
import { AuditLogRepository } from './audit-log.repository.js';
import { AuditSealer } from './audit-sealer.service.js';

let app: IdentityApp;
beforeAll(async () => {
  app = await IdentityApp.start();
});
afterAll(() => app?.stop());
afterEach(() => jest.restoreAllMocks());

/** Has something written that is not sealed yet. */
async function write(): Promise<void> {
  await app.register();
  await eventually('the outbox to be empty', 30_000, async () =>
    (await app.get(OutboxRepository).backlog()).rows === 0 ? true : undefined,
  );
}

describe('the sealing of the audit log', () => {
  it('R-LG3: a verification waits for whoever is sealing, so that all that is there is verified', async () => {
    const sealing = { sql: `SELECT pg_advisory_xact_lock(hashtextextended('gatehouse:audit-seals', 0))`, params: [] };
    const report = await whileHeld(app.database, sealing, async () => {
      await write();
      return app.ask(VerifyAuditLog, {});
    });
    expect(report).toMatchObject({ unsealed: 0, broken_at: null });
  });

  it('R-LG3: a seal that is added while a round looks for the newest one is no log that was set back', async () => {
    const [sealer, stored] = [app.get(AuditSealer), app.get(AuditLogRepository)];
    const alarm = jest.spyOn(Log.prototype, 'error');
    const lastSeal = stored.lastSeal.bind(stored);
    let rounds = 0;
    let sealed = 0;
    // A round looks, and before it hears of the answer there is a newer seal. The call within comes from the sealing.
    jest.spyOn(stored, 'lastSeal').mockImplementation(async () => {
      const last = await lastSeal();
      if (++rounds !== 1) return last;
      await write();
      sealed = await sealer.seal();
      return last;
    });
    await eventually('a round after that one', 30_000, async () => (rounds >= 3 ? true : undefined));
    expect(sealed).toBeGreaterThan(0);
    expect(alarm).not.toHaveBeenCalled();
  });
});
