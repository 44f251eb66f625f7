import { Injectable } from '@nestjs/common';
import type { Drift, Reconciliation, ReconciledStore, ReconciliationKind, ReconciliationMode } from '#contracts';
import { newId, Transactions } from '#persistence';

/** A comparison that somebody is at. */
export interface ReconciliationLease {
  id: string;
  kind: ReconciliationKind;
  mode: ReconciliationMode;
  since: string;
  token: string;
}

/** What a comparison has found. */
export interface Findings {
  drifted: number;
  stores: ReconciledStore[];
  drift: Drift[];
}

type Row = Pick<Reconciliation, 'id' | 'kind' | 'mode' | 'state'> & {
  since: string | null;
  finished_at: Date | null;
  report: Findings | null;
};

const NOTHING: Findings = { drifted: 0, stores: [], drift: [] };
/** Days that are read at least: the stores' notifications come within minutes, or never. */
const RECENT_DAYS = 2;
/** Buyers dispute a charge within 120 days. */
const DISPUTE_DAYS = 130;
const PAUSES: Record<Exclude<ReconciliationKind, 'asked'>, string> = { recent: '15 minutes', nightly: '1 day' };

/** The comparisons with the stores: a queue, and what came of them. */
@Injectable()
export class ReconciliationsRepository {
  constructor(private readonly tx: Transactions) {}

  async ask(mode: ReconciliationMode, since: string | null): Promise<string> {
    const [row] = await this.tx.query<{ id: string }>(
      "insert into reconciliations (kind, mode, since) values ('asked', $1, coalesce($2::date, current_date - $3::int)) returning id",
      [mode, since, RECENT_DAYS],
    );
    return row!.id;
  }

  /** There is always a next one of each kind; of all replicas that see to it, one does. */
  async schedule(kind: Exclude<ReconciliationKind, 'asked'>): Promise<void> {
    await this.tx.query(
      `insert into reconciliations (kind, mode, due_at)
       select $1, 'settle', coalesce(max(finished_at) + $2::interval, now()) from reconciliations
       where kind = $1 and state = 'done'
       on conflict (kind) where state = 'queued' and kind <> 'asked' do nothing`,
      [kind, PAUSES[kind]],
    );
  }

  /** Leases the comparison that is due first, unless one is being made: the lock keeps replicas from starting two. */
  claim(leaseMs: number): Promise<ReconciliationLease[]> {
    return this.tx.run(async () => {
      await this.tx.query("select pg_advisory_xact_lock(hashtextextended('gatehouse:reconciler', 0))");
      return this.tx.query<ReconciliationLease & Record<string, unknown>>(
        `update reconciliations r set lease_token = $1, lease_until = now() + $2 * interval '1 millisecond',
           started_at = now(), since = coalesce(r.since, ${SINCE})
         where id = (select id from reconciliations where state = 'queued' and due_at <= now() order by due_at limit 1)
           and not exists (select 1 from reconciliations where state = 'queued' and lease_until > now())
         returning id, kind, mode, since::text, lease_token as token`,
        [newId(), leaseMs, RECENT_DAYS, DISPUTE_DAYS],
      );
    });
  }

  async dueInMs(): Promise<number | null> {
    const [row] = await this.tx.query<{ ms: number | null }>(
      `select (extract(epoch from greatest(min(due_at), max(lease_until)) - now()) * 1000)::float8 as ms
       from reconciliations where state = 'queued'`,
    );
    return row?.ms ?? null;
  }

  /** @returns false when the lease was lost, so that whoever holds it now goes on alone */
  async extend({ id, token }: ReconciliationLease, leaseMs: number): Promise<boolean> {
    const { rowCount } = await this.tx.execute(
      `update reconciliations set lease_until = now() + $3 * interval '1 millisecond'
       where id = $1 and lease_token = $2 and state = 'queued'`,
      [id, token, leaseMs],
    );
    return rowCount === 1;
  }

  /** Ends the lease, so that somebody begins it anew after the pause. */
  async giveBack({ id, token }: ReconciliationLease, seconds: number): Promise<void> {
    await this.tx.query(
      `update reconciliations set lease_token = null, lease_until = null, due_at = now() + $3 * interval '1 second'
       where id = $1 and lease_token = $2 and state = 'queued'`,
      [id, token, seconds],
    );
  }

  async finish({ id, token }: ReconciliationLease, findings: Findings): Promise<void> {
    const complete = findings.stores.every((store) => store.error === null);
    await this.tx.query(
      `update reconciliations set state = 'done', finished_at = now(), lease_token = null, lease_until = null,
         complete = $3, report = $4 where id = $1 and lease_token = $2`,
      [id, token, complete, JSON.stringify(findings)],
    );
    await this.tx.query(
      "delete from reconciliations where state = 'done' and finished_at < now() - interval '30 days'",
    );
  }

  async find(id: string): Promise<Reconciliation | undefined> {
    const [row] = await this.tx.query<Row>(
      'select id, kind, mode, state, since::text, finished_at, report from reconciliations where id = $1',
      [id],
    );
    if (!row) return undefined;
    const { report, since, finished_at, ...rest } = row;
    return { ...rest, since: since ?? '', finished_at: finished_at?.toISOString() ?? null, ...(report ?? NOTHING) };
  }
}

/** Back to before the last one that read every store to its end, so that no outage leaves a gap. */
const SINCE = `case when r.kind = 'nightly' then current_date - $4::int else least(current_date - $3::int, (
  select max(started_at)::date - 1 from reconciliations where kind <> 'asked' and complete)) end`;
