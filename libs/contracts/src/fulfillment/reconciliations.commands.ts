import { command } from '../command.js';
import { Flag, Int, NestedList, OneOf, Text, Timestamp, Uuid } from '../fields.js';
import { NotFound, ValidationFailed } from '../general.errors.js';
import { STORES, type Store } from './fulfillment.commands.js';
import { pattern } from '../patterns.js';

export const RECONCILIATION_KINDS = ['recent', 'nightly', 'asked'] as const;
export type ReconciliationKind = (typeof RECONCILIATION_KINDS)[number];
/**
 * `dry_run`: only tells; `settle`: has the worker settle what does not agree; `repair`: sends bounced mail once more and asks for lost
 * notifications again, too.
 */
export const RECONCILIATION_MODES = ['dry_run', 'settle', 'repair'] as const;
export type ReconciliationMode = (typeof RECONCILIATION_MODES)[number];
/**
 * `not_recorded`: the store has sold it, and we do not know; `differs`: the store tells of a refund or a dispute that we do
 * not know; `paid_though_revoked`: the store has taken a refund or a lost dispute back, and only a person can mint another
 * license; the others are what their names say.
 */
export const DRIFT_KINDS = [
  'not_recorded',
  'differs',
  'sold_without_license',
  'paid_though_revoked',
  'licensed_though_refunded',
  'mail_bounced',
] as const;
export type DriftKind = (typeof DRIFT_KINDS)[number];

export class StartReconciliationRequest {
  @Text({
    optional: true,
    pattern: pattern(/^\d{4}-\d{2}-\d{2}$/, 'a day like 2026-01-31'),
    description: 'First day whose orders are read; default two days ago.',
  })
  since?: string;
  @OneOf(RECONCILIATION_MODES, { optional: true, description: 'Default `settle`.' }) mode?: ReconciliationMode;
}

/** How a store could be read. */
export class ReconciledStore {
  @OneOf(STORES) store!: Store;
  @Int({ min: 0, description: 'Orders that its list told of.' }) orders!: number;
  @Text({ nullable: true, max: 1000, description: 'Why it could not be read to the end.' }) error!: string | null;
  @Text({ max: 1000, min: 0, description: 'Notifications of it that do not reach us, separated by spaces.' })
  silent!: string;
  @Text({ optional: true, max: 1000, min: 0, description: 'Notifications that a repair has asked it for again.' })
  resumed?: string;
}

/** One thing that did not agree. */
export class Drift {
  @OneOf(DRIFT_KINDS) kind!: DriftKind;
  @OneOf(STORES, { nullable: true }) store!: Store | null;
  @Text({ nullable: true, max: 191 }) order_id!: string | null;
  @Text({ nullable: true, max: 64 }) license_key!: string | null;
  @Uuid({ nullable: true }) mail_id!: string | null;
}

/** A comparison without what it has found. */
export class ReconciliationSummary {
  @Uuid() id!: string;
  @OneOf(RECONCILIATION_KINDS) kind!: ReconciliationKind;
  @OneOf(RECONCILIATION_MODES) mode!: ReconciliationMode;
  @OneOf(['queued', 'done']) state!: 'queued' | 'done';
  @Text({ max: 10, description: 'First day whose orders are read.' }) since!: string;
  @Timestamp({ nullable: true }) finished_at!: string | null;
  @Int({ min: 0, description: 'How much did not agree; the list may be shorter.' }) drifted!: number;
  @NestedList(() => ReconciledStore) stores!: ReconciledStore[];
}

export class Reconciliation extends ReconciliationSummary {
  @NestedList(() => Drift, { max: 1000 }) drift!: Drift[];
}

export const StartReconciliation = command('fulfillment.reconciliation.start', {
  request: StartReconciliationRequest,
  response: Reconciliation,
  errors: [ValidationFailed],
  permission: 'internal:orders.write',
  summary: 'Has the stores’ own lists of orders compared with what is known here; read it by its id until it is done.',
});

export class ReadReconciliationRequest {
  @Uuid() id!: string;
}

export const ReadReconciliation = command('fulfillment.reconciliation.read', {
  request: ReadReconciliationRequest,
  response: Reconciliation,
  errors: [NotFound],
  permission: 'internal:orders.read',
  summary: 'What a comparison with the stores has found.',
});

export class ListReconciliationsRequest {
  @OneOf(RECONCILIATION_KINDS, { optional: true }) kind?: ReconciliationKind;
  @Flag({ optional: true, description: 'Only those that have found something that does not agree.' }) drifted?: boolean;
  @Text({ optional: true, max: 512 }) cursor?: string;
  @Int({ optional: true, min: 1, max: 200 }) limit?: number;
}

export class ReconciliationPage {
  @NestedList(() => ReconciliationSummary) reconciliations!: ReconciliationSummary[];
  @Text({ nullable: true, max: 512 }) next_cursor!: string | null;
}

export const ListReconciliations = command('fulfillment.reconciliation.list', {
  request: ListReconciliationsRequest,
  response: ReconciliationPage,
  errors: [ValidationFailed],
  permission: 'internal:orders.read',
  summary: 'Comparisons of the last 30 days with the stores, the reconciler’s own among them, newest first.',
});
