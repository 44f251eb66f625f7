import { command } from '../command.js';
import { Empty } from '../empty.js';
import { Int, Json, NestedList, OneOf, Text, TextList, Timestamp, Uuid } from '../fields.js';
import { ValidationFailed } from '../general.errors.js';
import { READ_MAX_AGE } from './admin-freshness.js';
import { PLAIN } from './user.js';

/** Who did what, when, from where, by which factors, why, and how it ended. */
export class AuditEntry {
  @Text({ max: 32, description: 'Place in the log; without gaps.' }) seq!: string;
  @Uuid({ description: 'Id of the event.' }) id!: string;
  @Timestamp() at!: string;
  @Text({ max: 128, description: 'Public name, e.g. `auth.login_failed`.' }) event!: string;
  @OneOf(['success', 'failure']) outcome!: 'success' | 'failure';
  @Uuid({ nullable: true, description: 'The account it is about; null when there is none, or no more.' })
  user_id!: string | null;
  @Uuid({ nullable: true, description: 'By what the log knows that account; stays when the account is erased.' })
  subject!: string | null;
  @Uuid({ nullable: true, description: 'The account that did it, where that is known.' }) actor_id!: string | null;
  @Uuid({ nullable: true }) actor!: string | null;
  @Text({ nullable: true, max: 128, description: 'The internal caller that did it.' }) caller!: string | null;
  @Text({ nullable: true, max: 128 }) client_id!: string | null;
  @Text({ nullable: true, max: 128 }) session_id!: string | null;
  @Text({ nullable: true, max: 64 }) ip!: string | null;
  @Text({ nullable: true, max: 1024 }) user_agent!: string | null;
  @Text({ nullable: true, max: 128 }) request_id!: string | null;
  @TextList({ description: 'Proofs shown (RFC 8176).' }) factors!: string[];
  @Text({ nullable: true, max: 255 }) cause!: string | null;
  @Text({ nullable: true, max: 1024, description: 'In the words of staff.' }) note!: string | null;
  @Json({ description: 'What else the event says.' }) data!: Record<string, unknown>;
}

export class SearchAuditRequest {
  @Uuid({ optional: true, description: 'The account it is about.' }) user_id?: string;
  @Uuid({ optional: true, description: 'The account that did it.' }) actor_id?: string;
  @Uuid({ optional: true, description: '`subject` of an entry: also finds what an erased account has left.' })
  subject?: string;
  @Text({ optional: true, max: 128, pattern: PLAIN, description: 'Public or internal name of the event.' })
  event?: string;
  @Text({ optional: true, max: 64, pattern: PLAIN, description: 'Address or CIDR range.' }) ip?: string;
  @Timestamp({ optional: true }) from?: string;
  @Timestamp({ optional: true, description: 'Exclusive.' }) to?: string;
  @Text({ optional: true, max: 64, pattern: PLAIN, description: '`next_cursor` of the page before.' }) cursor?: string;
  @Int({ optional: true, min: 1, max: 500 }) limit?: number;
}

export class AuditPage {
  @NestedList(() => AuditEntry) entries!: AuditEntry[];
  @Text({ nullable: true, max: 64 }) next_cursor!: string | null;
}

export const SearchAudit = command('identity.audit.search', {
  request: SearchAuditRequest,
  response: AuditPage,
  errors: [ValidationFailed],
  permission: 'permission:audit.read',
  freshAuth: READ_MAX_AGE,
  summary: 'The audit log, the newest first.',
});

export class AuditLogReport {
  @Int({ description: 'Entries that are there and as they were sealed.' }) entries!: number;
  @Int({ description: 'Seals, those of pruned entries included.' }) seals!: number;
  @Int({ description: 'Entries of the last moment, which no seal covers yet.' }) unsealed!: number;
  @Text({ nullable: true, max: 255, description: 'The first thing that is wrong; null: nothing is.' })
  broken_at!: string | null;
}

export const VerifyAuditLog = command('identity.audit.verify', {
  request: Empty,
  response: AuditLogReport,
  permission: 'permission:audit.verify',
  freshAuth: READ_MAX_AGE,
  timeoutMs: 60_000,
  concurrency: 1,
  summary: 'Walks the whole log and says whether anything was changed, taken out, moved or cut off.',
});
