import { event } from '../event.js';
import { Timestamp, Uuid } from '../fields.js';

/** Services besides identity that may hold something of a person, and say when they do not any more. */
export const ERASING_APPS = ['licensing', 'fulfillment', 'secrets', 'realtime'] as const;

export class DeletionRequestedData {
  @Uuid() user_id!: string;
  @Timestamp({ description: 'When it is too late to undo it.' }) due_at!: string;
}
export const DeletionRequested = event('identity.deletion.requested', {
  data: DeletionRequestedData,
  publicName: 'auth.account_deleted',
  listeners: ['secrets'],
  summary: 'An account was closed by its person and will be erased.',
});

export class DeletionUndoneData {
  @Uuid() user_id!: string;
}
export const DeletionUndone = event('identity.deletion.undone', {
  data: DeletionUndoneData,
  publicName: 'auth.account_restored',
  listeners: ['secrets'],
  summary: 'A closed account was opened again before it was erased.',
});

export class UserErasedData {
  @Uuid() erasure_id!: string;
  @Uuid() user_id!: string;
}
export const UserErased = event('identity.user.erased', {
  data: UserErasedData,
  publicName: 'auth.user_erased',
  listeners: [...ERASING_APPS],
  summary:
    'A person is gone for good: each service erases what it holds and acknowledges it. Told again until all have.',
});

export class ErasureCompletedData {
  @Uuid() erasure_id!: string;
  @Uuid() user_id!: string;
}
export const ErasureCompleted = event('identity.erasure.completed', {
  data: ErasureCompletedData,
  publicName: 'auth.erasure_completed',
  summary: 'Every service has erased a person; the id leads to nobody any more.',
});

export class PersonalDataExportedData {
  @Uuid() user_id!: string;
}
export const PersonalDataExported = event('identity.personal_data.exported', {
  data: PersonalDataExportedData,
  publicName: 'auth.data_exported',
  summary: 'A person was given everything held about them.',
});
