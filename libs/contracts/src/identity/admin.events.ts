import { event } from '../event.js';
import { Text, TextList, Uuid } from '../fields.js';

/** What staff has done to an account. Who did it and why stands in the audit log. */
export class UserManagedData {
  @Uuid() user_id!: string;
}

export const UserSuspended = event('identity.user.suspended', {
  data: UserManagedData,
  publicName: 'auth.user_suspended',
  listeners: ['secrets'],
  summary: 'Staff has shut an account.',
});

export const UserRestored = event('identity.user.restored', {
  data: UserManagedData,
  publicName: 'auth.user_restored',
  listeners: ['secrets'],
  summary: 'Staff has opened an account again.',
});

export const UserClosed = event('identity.user.closed', {
  data: UserManagedData,
  publicName: 'auth.user_closed',
  listeners: ['secrets'],
  summary: 'Staff has deleted an account softly.',
});

export const UserSignedOut = event('identity.user.signed_out', {
  data: UserManagedData,
  publicName: 'auth.user_signed_out',
  summary: 'Staff has ended sessions of an account.',
});

export const PasswordResetTriggered = event('identity.user.reset_triggered', {
  data: UserManagedData,
  publicName: 'auth.password_reset_triggered',
  summary: 'Staff has had a link for a new password mailed to a person.',
});

export class RolesChangedData {
  @Uuid() user_id!: string;
  @TextList() roles!: string[];
  @TextList() before!: string[];
}
export const RolesChanged = event('identity.user.roles_changed', {
  data: RolesChangedData,
  publicName: 'auth.roles_changed',
  summary: 'An account has other roles.',
});

export class ImpersonationStartedData extends UserManagedData {
  @Uuid() session_id!: string;
  @Uuid() impersonator_id!: string;
}
export const ImpersonationStarted = event('identity.impersonation.started', {
  data: ImpersonationStartedData,
  publicName: 'auth.impersonation_started',
  summary: 'Staff acts in a person’s name from now on.',
});

export class AdminRefusedData {
  @Uuid() user_id!: string;
  @Text({ max: 64, description: 'The command.' }) action!: string;
  @Text({ max: 64 }) reason!: string;
}
export const AdminRefused = event('identity.admin.refused', {
  data: AdminRefusedData,
  publicName: 'auth.admin_refused',
  summary: 'Staff was refused something that it may not do to this account.',
});
