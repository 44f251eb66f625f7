import { command } from '../command.js';
import { Empty } from '../empty.js';
import { EmailAddress, Int, NestedList, OneOf, SecretText, Text, Timestamp, Uuid } from '../fields.js';
import { NotFound, Unavailable, ValidationFailed } from '../general.errors.js';
import { WebhookUnauthenticated } from './fulfillment.commands.js';

export const MAIL_SERVICES = ['postmark', 'ses'] as const;
export type MailServiceName = (typeof MAIL_SERVICES)[number];

export class RecordMailFeedbackRequest {
  @OneOf(MAIL_SERVICES) service!: MailServiceName;
  @SecretText({ optional: true, max: 512, description: 'Secret of the path or of Basic auth; Postmark signs nothing.' })
  secret?: string;
  @Text({ min: 0, max: 360_000, description: 'The body as it arrived, base64.' }) body!: string;
}

export const RecordMailFeedback = command('fulfillment.mail_feedback.record', {
  request: RecordMailFeedbackRequest,
  response: Empty,
  errors: [WebhookUnauthenticated, Unavailable],
  permission: 'anyone',
  timeoutMs: 15_000,
  concurrency: 16,
  summary: 'Takes in what a mail service tells of bounces and complaints; an address that takes no mail gets none.',
});

export const SUPPRESSION_REASONS = ['hard_bounce', 'complaint', 'operator'] as const;
export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number];

/** An address that gets no mail. The address itself is not kept. */
export class MailSuppression {
  @Text({ max: 64, description: 'Hash of the address.' }) id!: string;
  @OneOf(SUPPRESSION_REASONS) reason!: SuppressionReason;
  @Text({ max: 32, description: 'Who told: `postmark`, `ses`, `smtp` or the internal caller.' }) source!: string;
  @Uuid({ nullable: true, description: 'The mail that was the reason.' }) mail_id!: string | null;
  @Timestamp() created_at!: string;
}

export class ListSuppressionsRequest {
  @EmailAddress({ optional: true, description: 'Only whether this address gets mail.' }) email?: string;
  @Int({ optional: true, min: 1, max: 200 }) limit?: number;
}

export class SuppressionList {
  @NestedList(() => MailSuppression) suppressions!: MailSuppression[];
}

export const ListSuppressions = command('fulfillment.mail_suppression.list', {
  request: ListSuppressionsRequest,
  response: SuppressionList,
  errors: [ValidationFailed],
  permission: 'internal:mail.read',
  summary: 'Addresses that get no mail, newest first, or whether one is among them.',
});

export class SuppressionRequest {
  @EmailAddress() email!: string;
}

export const AddSuppression = command('fulfillment.mail_suppression.add', {
  request: SuppressionRequest,
  response: MailSuppression,
  errors: [ValidationFailed],
  permission: 'internal:mail.write',
  summary: 'Lets an address get no more mail.',
});

export const LiftSuppression = command('fulfillment.mail_suppression.lift', {
  request: SuppressionRequest,
  response: Empty,
  errors: [NotFound],
  permission: 'internal:mail.write',
  summary: 'Lets an address get mail again; what was held back can be sent with a resend.',
});
