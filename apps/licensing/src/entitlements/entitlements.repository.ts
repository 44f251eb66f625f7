import { Injectable } from '@nestjs/common';
import type { Plan } from '#contracts';
import { Transactions } from '#persistence';
import { Clock } from '../clock/clock.service.js';
import { PlanCatalog } from '../plans/plan-catalog.js';
import type { Decision, Grant, Outcome, OwnedLicense, Sources } from './entitlements.rules.js';

/** The stored entitlement: the outcome that was told last, and its version. */
export interface StoredEntitlement extends Outcome {
  version: number;
  /** As of when it was decided, by the clock of the replica that did. */
  updated_at: Date;
}

interface Row {
  version: string;
  plan: Plan;
  features: string[];
  expires_at: Date | null;
  updated_at: Date;
}

const COLUMNS = 'version, plan, features, expires_at, updated_at';
const read = (row: Row): StoredEntitlement => ({ ...row, version: Number(row.version) });

@Injectable()
export class EntitlementsRepository {
  constructor(
    private readonly tx: Transactions,
    private readonly clock: Clock,
    private readonly plans: PlanCatalog,
  ) {}

  async find(userId: string): Promise<StoredEntitlement | undefined> {
    const [row] = await this.tx.query<Row>(`SELECT ${COLUMNS} FROM entitlements WHERE user_id = $1`, [userId]);
    return row && read(row);
  }

  /**
   * The person's row, locked until the transaction ends; made with `blank` when there is none. Whoever holds the lock
   * sees everything that earlier holders have committed, so of parallel changes none is lost.
   */
  async lock(userId: string, blank: Outcome): Promise<StoredEntitlement> {
    await this.tx.query(
      `INSERT INTO entitlements (user_id, plan, features, expires_at, plans, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT DO NOTHING`,
      [userId, blank.plan, blank.features, blank.expires_at, this.plans.digest, this.clock.now()],
    );
    const sql = `SELECT ${COLUMNS} FROM entitlements WHERE user_id = $1 FOR UPDATE`;
    return read((await this.tx.query<Row>(sql, [userId]))[0]!);
  }

  /** Whether the person has a row, which is locked then until the transaction ends. */
  async lockKept(userId: string): Promise<boolean> {
    return (await this.tx.query('SELECT 1 FROM entitlements WHERE user_id = $1 FOR UPDATE', [userId])).length > 0;
  }

  /** @param now as of when it was decided */
  async save(userId: string, version: number, decision: Decision, now: Date): Promise<void> {
    await this.tx.query(
      `UPDATE entitlements SET version = $2, plan = $3, features = $4, expires_at = $5, due_at = $6, plans = $7, updated_at = $8
       WHERE user_id = $1`,
      [userId, version, decision.plan, decision.features, decision.expires_at, decision.due_at, this.plans.digest, now],
    );
  }

  async sourcesOf(userId: string): Promise<Sources> {
    const grants = await this.tx.query<Grant>(
      'SELECT source, plan, features, effective_at, expires_at FROM grants WHERE user_id = $1 ORDER BY effective_at, id',
      [userId],
    );
    const licenses = await this.tx.query<OwnedLicense>(
      `SELECT license_key, tier, issued_at, expires_at, revoked_at, suspended_at FROM licenses WHERE user_id = $1
       ORDER BY issued_at DESC, license_key DESC`,
      [userId],
    );
    return { grants, licenses };
  }

  /** People whose entitlement may mean something else by now, but for those who are to be left out. */
  async due(limit: number, without: readonly string[] = []): Promise<string[]> {
    const rows = await this.tx.query<{ user_id: string }>(
      'SELECT user_id FROM entitlements WHERE due_at <= $1 AND user_id <> ALL ($3::uuid[]) ORDER BY due_at LIMIT $2',
      [this.clock.now(), limit, without],
    );
    return rows.map((row) => row.user_id);
  }

  /** Some of what was decided by other plans than these is due now. @returns how many; fewer than `limit` are the last */
  async dueByOtherPlans(limit: number): Promise<number> {
    const { rowCount } = await this.tx.execute(
      `UPDATE entitlements SET due_at = $1 WHERE user_id IN (
         SELECT user_id FROM entitlements WHERE plans <> $2 AND (due_at IS NULL OR due_at > $1)
         ORDER BY user_id LIMIT $3 FOR NO KEY UPDATE)`,
      [this.clock.now(), this.plans.digest, limit],
    );
    return rowCount ?? 0;
  }
}
