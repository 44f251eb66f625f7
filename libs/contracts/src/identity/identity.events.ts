import { event } from '../event.js';
import { Flag, Int, OneOf, Text, TextList, Timestamp, Uuid } from '../fields.js';
import { MAIL_KINDS, type MailKind } from './mail.js';

export class UserRegisteredData {
  @Uuid() user_id!: string;
  @Text() client_id!: string;
}
export const UserRegistered = event('identity.user.registered', {
  data: UserRegisteredData,
  publicName: 'auth.registered',
  summary: 'An account was made.',
});

export class LoginSucceededData {
  @Uuid() user_id!: string;
  @Uuid() session_id!: string;
  @Text() client_id!: string;
  @TextList() amr!: string[];
}
export const LoginSucceeded = event('identity.login.succeeded', {
  data: LoginSucceededData,
  publicName: 'auth.login_success',
  summary: 'A person signed in.',
});

export class LoginFailedData {
  @Uuid({ nullable: true }) user_id!: string | null;
  @Text() client_id!: string;
  @OneOf(['unknown_account', 'wrong_password', 'blocked', 'inactive']) reason!: string;
}
export const LoginFailed = event('identity.login.failed', {
  data: LoginFailedData,
  publicName: 'auth.login_failed',
  summary: 'A sign-in was refused.',
});

export class SessionRefreshedData {
  @Uuid() user_id!: string;
  @Uuid() session_id!: string;
  @Text() client_id!: string;
}
export const SessionRefreshed = event('identity.session.refreshed', {
  data: SessionRefreshedData,
  publicName: 'auth.refresh_success',
  summary: 'A refresh token was rotated.',
});

export class RefreshFailedData {
  @Uuid() user_id!: string;
  @Uuid() session_id!: string;
  @OneOf(['reused', 'expired', 'revoked', 'wrong_client', 'inactive']) reason!: string;
}
export const RefreshFailed = event('identity.refresh.failed', {
  data: RefreshFailedData,
  publicName: 'auth.refresh_failed',
  summary: 'An authentic refresh token was refused.',
});

export class SessionEndedData {
  @Uuid() user_id!: string;
  @Uuid() session_id!: string;
}
export const SessionEnded = event('identity.session.ended', {
  data: SessionEndedData,
  publicName: 'auth.logout',
  summary: 'A person signed out.',
});

export class SessionsRevokedData {
  @Uuid() user_id!: string;
  @TextList({ max: 10_000, description: 'Sessions whose tokens are refused from now on.' }) session_ids!: string[];
  @OneOf([
    'logout',
    'user_revoked',
    'reuse',
    'suspended',
    'password_changed',
    'device_revoked',
    'installation_removed',
    'admin_revoked',
    'roles_changed',
    'deleted',
  ])
  reason!: string;
  @Timestamp({ description: 'When the last access token of them would have expired.' }) expires_at!: string;
}
export const SessionsRevoked = event('identity.session.revoked', {
  data: SessionsRevokedData,
  publicName: 'auth.token_revoked',
  watchers: ['gateway', 'realtime'],
  summary: 'Sessions ended; every verifier refuses their access tokens at once.',
});

export class EmailVerifiedData {
  @Uuid() user_id!: string;
}
export const EmailVerified = event('identity.email.verified', {
  data: EmailVerifiedData,
  listeners: ['licensing'],
  summary: 'An account has proven its address; licenses sold to that address are its own.',
});

export class MailRequestedData {
  @Uuid() token_id!: string;
  @Uuid() user_id!: string;
  @OneOf(MAIL_KINDS) template!: MailKind;
  @Flag({ optional: true, description: 'The same link once more, because its person asked for it.' }) again?: boolean;
}
export const MailRequested = event('identity.mail.requested', {
  data: MailRequestedData,
  listeners: ['fulfillment'],
  summary: 'A mail with a link token is to be sent. The token is read when the mail is rendered.',
});

export class PlanAppliedData {
  @Uuid() user_id!: string;
  @Text() plan!: string;
  @TextList() features!: string[];
  @Timestamp({ nullable: true }) expires_at!: string | null;
  @Int({ min: 0 }) version!: number;
}
export const PlanApplied = event('identity.plan.applied', {
  data: PlanAppliedData,
  publicName: 'plan_changed',
  listeners: ['realtime'],
  summary: 'The next tokens carry the new plan; open clients are told now, not earlier.',
});

export class ClientChangedData {
  @Text() client_id!: string;
  @Int({ min: 1 }) version!: number;
}
export const ClientChanged = event('identity.client.changed', {
  data: ClientChangedData,
  watchers: ['gateway', 'realtime', 'identity'],
  summary: 'A client application’s policy has a new version.',
});
