import { event } from '../event.js';
import { Json, Text, Uuid } from '../fields.js';

export class AuditReceivedData {
  @Text({ max: 128, description: 'Name of the event.' }) event!: string;
  @Text({ max: 128, description: 'Its id.' }) event_id!: string;
  @Uuid({ nullable: true }) user_id!: string | null;
  @Json() data!: Record<string, unknown>;
}
export const AuditReceived = event('identity.audit.received', {
  data: AuditReceivedData,
  summary: 'An event of another service was taken into the audit log.',
});

export class AuditForgottenData {
  @Uuid({ description: 'By what the audit log knows the person that was.' }) subject!: string;
}
export const AuditForgotten = event('identity.audit.forgotten', {
  data: AuditForgottenData,
  publicName: 'auth.audit_forgotten',
  summary: 'An account is gone: nothing leads from its trail in the audit log to a person any more.',
});
