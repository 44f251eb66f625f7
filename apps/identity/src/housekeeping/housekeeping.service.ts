import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Log } from '#boot';
import { Transactions } from '#persistence';

const EVERY_MS = 300_000;
const BATCH = 5_000;

/** What may go, by table. Dead sessions stay a while for the person and the support that look into them. */
const RULES = {
  auth_sessions: `LEAST(expires_at, COALESCE(revoked_at, expires_at)) < now() - interval '30 days'`,
  session_revocations: 'expires_at < now()',
  one_time_tokens: `expires_at < now() - interval '7 days'`,
  personal_exports: `at < now() - interval '30 days'`,
  account_erasures: `erased_at < now() - interval '400 days'`,
  login_guards: `failed_at < now() - interval '1 day' AND blocked_until < now()`,
  license_tokens: 'expires_at < now()',
  registrations: `expires_at < now() OR voided_at < now() - interval '1 hour'`,
  recovery_requests: `created_at < now() - interval '1 day'`,
  guess_budgets: `since < now() - interval '1 day'`,
  failed_sign_ins: `minute < now() - interval '1 hour'`,
  authorization_requests: 'expires_at < now()',
  authorization_codes: `expires_at < now() - interval '1 day'`,
  provider_attempts: `expires_at < now() - interval '1 day'`,
  spent_nonces: 'expires_at < now()',
  wallet_challenges: `expires_at < now() - interval '1 day'`,
  // As long as licensing may take to ask what an approval was about.
  device_requests: `expires_at < now() - interval '7 days'`,
  pairing_codes: 'expires_at < now()',
  devices: `expires_at < now() - interval '30 days'`,
  passkey_ceremonies: 'expires_at < now()',
  mfa_challenges: `expires_at < now() - interval '1 day'`,
  code_guesses: `spent_at < now() - interval '1 day'`,
} as const;

/** Deletes what is over, a little at a time. Several replicas may do it at once: each takes rows that no other holds. */
@Injectable()
export class Housekeeping implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly tx: Transactions,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    // Replicas that start together do not sweep together.
    this.timer = setInterval(() => void this.sweep(), EVERY_MS * (0.8 + Math.random() * 0.4)).unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** One round over all tables. @returns how many rows went */
  async sweep(): Promise<number> {
    let gone = 0;
    for (const [table, rule] of Object.entries(RULES)) {
      gone += await this.deleteFrom(table, rule).catch((error: unknown) => {
        this.log.warn('housekeeping left a table for the next round', { table, error });
        return 0;
      });
    }
    return gone;
  }

  private async deleteFrom(table: string, rule: string): Promise<number> {
    const { rowCount } = await this.tx.execute(
      `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM ${table} WHERE ${rule} LIMIT ${BATCH} FOR UPDATE SKIP LOCKED))`,
    );
    return rowCount ?? 0;
  }
}
