import { event } from '../event.js';
import { OneOf, Uuid } from '../fields.js';

export class EmailChangeRequestedData {
  @Uuid() user_id!: string;
}
export const EmailChangeRequested = event('identity.email.change_requested', {
  data: EmailChangeRequestedData,
  publicName: 'auth.email_change_requested',
  summary: 'A person wants another address; it has to be proven first.',
});

export class EmailChangedData {
  @Uuid() user_id!: string;
  @OneOf(['confirmed', 'undone']) by!: 'confirmed' | 'undone';
}
export const EmailChanged = event('identity.email.changed', {
  data: EmailChangedData,
  publicName: 'auth.email_changed',
  summary: 'An account has another address.',
});

export class RegistrationRequestedData {
  @Uuid() registration_id!: string;
}
export const RegistrationRequested = event('identity.registration.requested', {
  data: RegistrationRequestedData,
  publicName: 'auth.registration_requested',
  listeners: ['identity'],
  summary:
    'Somebody wants an account whose address is to be proven first. Whether it is known is found out afterwards.',
});
