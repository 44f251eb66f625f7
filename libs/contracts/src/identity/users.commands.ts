import { command } from '../command.js';
import { Empty } from '../empty.js';
import {
  EmailAddress,
  Int,
  Nested,
  NestedList,
  OneOf,
  SecretText,
  Text,
  TextList,
  Timestamp,
  Uuid,
} from '../fields.js';
import {
  InvalidToken,
  NotFound,
  Overloaded,
  RateLimited,
  TokenInvalid,
  UnknownClient,
  ValidationFailed,
} from '../general.errors.js';
import { AuthorizationPolicy } from './authorization-policy.js';
import { ExtensionPolicy } from './extension-policy.js';
import { EmailTaken, GrantNotAllowed, PasswordTooWeak, UsernameTaken } from './identity.errors.js';
import { SECURITY_NOTICES, type SecurityNotice } from './mail.js';
import { Registered } from './registration.js';
import { PLAIN, User } from './user.js';
import { pattern } from '../patterns.js';

export class RegisterUserRequest {
  @EmailAddress() email!: string;
  @Text({ min: 3, max: 32, pattern: pattern(/^[\p{L}\p{N}_.-]+$/u, 'letters, digits, _, . and - only') })
  username!: string;
  @SecretText({ min: 8, max: 1024, description: 'At least 12 characters; every character counts.' }) password!: string;
  @Text({ optional: true, max: 64, pattern: PLAIN }) client_id?: string;
}

export const RegisterUser = command('identity.user.register', {
  request: RegisterUserRequest,
  response: Registered,
  errors: [ValidationFailed, UnknownClient, GrantNotAllowed, EmailTaken, UsernameTaken, PasswordTooWeak, Overloaded],
  permission: 'anyone',
  timeoutMs: 8_000,
  summary: 'Makes an account and signs it in; or, where the client’s policy says so, has the address proven first.',
});

export const ReadMe = command('identity.user.read_me', {
  request: Empty,
  response: User,
  errors: [InvalidToken],
  permission: 'user',
  impersonation: 'allowed',
  concurrency: 256,
  summary: 'The caller’s own account; counts as being seen.',
});

export class ResolveOwnerRequest {
  @EmailAddress() email!: string;
}

export class ResolvedOwner {
  @Uuid({ nullable: true }) user_id!: string | null;
}

export const ResolveOwner = command('identity.user.resolve_owner', {
  request: ResolveOwnerRequest,
  response: ResolvedOwner,
  permission: 'apps',
  callers: ['licensing'],
  summary: 'The account that has this address and has verified it, if any.',
});

export class ReadContactRequest {
  @Uuid() user_id!: string;
}

export class Contact {
  @Uuid() user_id!: string;
  @EmailAddress({ nullable: true }) email!: string | null;
  @Text({ max: 64 }) username!: string;
  @Text({ nullable: true, max: 64 }) display_name!: string | null;
}

export const ReadContact = command('identity.user.read_contact', {
  request: ReadContactRequest,
  response: Contact,
  errors: [NotFound],
  permission: 'apps',
  callers: ['licensing', 'fulfillment'],
  summary: 'Name and address of an account, for a mail or a license in its name.',
});

export class BridgeAccountRequest {
  @Text({
    max: 128,
    pattern: PLAIN,
    description: '`sub` of the token that was shown: a canonical or a legacy account.',
  })
  sub!: string;
  @EmailAddress({ optional: true }) email?: string;
}

export class BridgedAccount {
  @Uuid() user_id!: string;
  @OneOf(['sub', 'email', 'created']) resolved_by!: 'sub' | 'email' | 'created';
}

export const BridgeAccount = command('identity.account.bridge', {
  request: BridgeAccountRequest,
  response: BridgedAccount,
  errors: [ValidationFailed],
  permission: 'apps',
  callers: ['licensing'],
  summary: 'Resolves a legacy account to its canonical one: by sub, else by e-mail, else a new one is made.',
});

export const SendEmailVerification = command('identity.email.send_verification', {
  request: Empty,
  response: Empty,
  errors: [InvalidToken, RateLimited],
  permission: 'user',
  summary: 'Mails the caller a link that verifies the address.',
});

export class VerifyEmailRequest {
  @SecretText({ max: 512 }) token!: string;
}

export const VerifyEmail = command('identity.email.verify', {
  request: VerifyEmailRequest,
  response: User,
  errors: [TokenInvalid, EmailTaken],
  permission: 'anyone',
  summary: 'Verifies the address that the token was mailed to; idempotent for a verified account.',
});

export class ReadMailTokenRequest {
  @Uuid() token_id!: string;
}

/** When and from where something was done, for the person to recognize it. */
export class MailOccasion {
  @Timestamp() at!: string;
  @Text({ nullable: true, max: 512 }) user_agent!: string | null;
  @Text({ nullable: true, max: 64 }) ip!: string | null;
}

export class MailToken {
  @SecretText({ max: 512, description: 'The token itself, derived from its id; it is stored nowhere.' }) token!: string;
  @EmailAddress() email!: string;
  @Text({ max: 64 }) username!: string;
  @Timestamp() expires_at!: string;
  @SecretText({
    optional: true,
    max: 16,
    description: 'Digits that do the same for ten minutes, where the kind has them.',
  })
  code?: string;
  @OneOf(SECURITY_NOTICES, { optional: true, description: 'What a `security_notice` is about.' })
  notice?: SecurityNotice;
  @Nested(() => MailOccasion, { optional: true }) occasion?: MailOccasion;
}

export const ReadMailToken = command('identity.mail_token.read', {
  request: ReadMailTokenRequest,
  response: MailToken,
  errors: [TokenInvalid],
  permission: 'apps',
  callers: ['fulfillment'],
  summary: 'The link token of a mail about to be sent, with the address it goes to.',
});

/** One client application: a row of policy (see the guide "Clients are policy"). */
export class ClientPolicy extends AuthorizationPolicy {
  @Text({ max: 64 }) client_id!: string;
  @Text() name!: string;
  @Int({ min: 1 }) version!: number;
  @TextList() audience!: string[];
  @Int({ min: 60, description: 'Seconds.' }) access_ttl!: number;
  @Int({ min: 60, description: 'Seconds.' }) refresh_ttl!: number;
  @Int({ min: 60, description: 'Seconds.' }) refresh_idle_ttl!: number;
  @OneOf(['body', 'cookie', 'none']) delivery!: 'body' | 'cookie' | 'none';
  @Text({ nullable: true, max: 64, description: 'Base name of the refresh cookie.' }) cookie_name!: string | null;
  @Text({ nullable: true, description: 'Parent domain of the cookie, for single sign-on.' }) cookie_domain!:
    string | null;
  @OneOf(['Lax', 'Strict', 'None']) cookie_same_site!: 'Lax' | 'Strict' | 'None';
  @OneOf(['on', 'off']) body_fallback!: 'on' | 'off';
  @Int({ min: 0, description: 'Seconds a license token lives; 0: the client gets none.' }) license_token_ttl!: number;
  @TextList() origins!: string[];
  @TextList() redirects!: string[];
  @TextList() grants!: string[];
  @OneOf(['immediate', 'verify_first']) registration!: 'immediate' | 'verify_first';
  @OneOf(['RS256', 'ES256', 'EdDSA']) signing_alg!: 'RS256' | 'ES256' | 'EdDSA';
  @Nested(() => ExtensionPolicy, { optional: true, nullable: true }) extension?: ExtensionPolicy | null;
}

export class ClientPolicies {
  @Text({ max: 64 }) default_client_id!: string;
  @NestedList(() => ClientPolicy) clients!: ClientPolicy[];
}

export const ListClients = command('identity.client.list', {
  request: Empty,
  response: ClientPolicies,
  permission: 'apps',
  callers: ['gateway', 'realtime'],
  summary: 'All client policies, for the gateway’s CORS, cookies and delivery.',
});
