import { event } from '../event.js';
import { Flag, OneOf, Uuid } from '../fields.js';

export class RecoveryRequestedData {
  @Uuid({ description: 'The request; the address in it is looked up by nobody but identity.' }) request_id!: string;
}
export const RecoveryRequested = event('identity.recovery.requested', {
  data: RecoveryRequestedData,
  publicName: 'auth.recovery_requested',
  listeners: ['identity'],
  summary: 'Somebody asked for a link that resets a password. Whether there is an account is found out afterwards.',
});

export class RecoveryRefusedData {
  @Uuid({ nullable: true }) user_id!: string | null;
  @OneOf(['unknown_account', 'inactive', 'too_many']) reason!: 'unknown_account' | 'inactive' | 'too_many';
}
export const RecoveryRefused = event('identity.recovery.refused', {
  data: RecoveryRefusedData,
  publicName: 'auth.recovery_refused',
  summary: 'A request for a reset led to no mail.',
});

export class AccountRecoveredData {
  @Uuid() user_id!: string;
  @Flag({ description: 'Whether what was added before the address was proven has been dropped.' })
  cleansed!: boolean;
}
export const AccountRecovered = event('identity.account.recovered', {
  data: AccountRecoveredData,
  publicName: 'auth.account_recovered',
  summary: 'An account was recovered by a mailed link; its sessions and pending changes have ended.',
});

export class AccountSecuredData {
  @Uuid() user_id!: string;
  @Uuid({ nullable: true, description: 'The session that its person did not know.' }) session_id!: string | null;
}
export const AccountSecured = event('identity.account.secured', {
  data: AccountSecuredData,
  publicName: 'auth.account_secured',
  summary: 'A person has said that a sign-in or a change was not theirs.',
});
