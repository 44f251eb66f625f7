import { command } from '../command.js';
import { Empty } from '../empty.js';
import { EmailAddress, Flag, Id, Nested, NestedList, SecretText, Text, TextList, Timestamp, Uuid } from '../fields.js';
import { InvalidToken, NotFound, UnknownClient, ValidationFailed } from '../general.errors.js';
import { ClientAuthenticationFailed, InsufficientScope, InvalidGrant } from './authorization.errors.js';
import { GrantNotAllowed } from './identity.errors.js';
import { EndedSessions } from './sessions.commands.js';
import { IssuedTokens } from './tokens.js';
import { PLAIN } from './user.js';

export class ClientCredentialsShown {
  @Text({ max: 64, pattern: PLAIN }) client_id!: string;
  @SecretText({ optional: true, min: 0, max: 1024 }) client_secret?: string;
}

export const AuthenticateClient = command('identity.client.authenticate', {
  request: ClientCredentialsShown,
  response: Empty,
  errors: [ValidationFailed, UnknownClient, ClientAuthenticationFailed],
  permission: 'apps',
  callers: ['gateway'],
  summary: 'Whether this is that client: a confidential one shows its secret, a public one has none.',
});

export class ExchangeCodeRequest extends ClientCredentialsShown {
  @SecretText({ max: 512 }) code!: string;
  @Text({ max: 2048 }) redirect_uri!: string;
  @SecretText({ optional: true, min: 0, max: 256 }) code_verifier?: string;
}

/** What a code is exchanged for. */
export class AuthorizedTokens {
  @Nested(() => IssuedTokens) issued!: IssuedTokens;
  @SecretText({ optional: true, max: 8192, description: 'When `openid` was granted.' }) id_token?: string;
  @Text({ min: 0, max: 2048, description: 'The scopes that were granted.' }) scope!: string;
}

export const ExchangeCode = command('identity.authorization.exchange', {
  request: ExchangeCodeRequest,
  response: AuthorizedTokens,
  errors: [ValidationFailed, UnknownClient, ClientAuthenticationFailed, InvalidGrant, GrantNotAllowed],
  permission: 'apps',
  callers: ['gateway'],
  summary: 'Exchanges an authorization code for tokens, once; a second use ends what the first was given.',
});

/** Claims about the person (OpenID Connect Core §5.1), as far as the token's scope goes. */
export class UserInfo {
  @Uuid() sub!: string;
  @Text({ optional: true, description: 'Scope `profile`.' }) name?: string;
  @Text({ optional: true, description: 'Scope `profile`.' }) preferred_username?: string;
  @Text({ optional: true, max: 2048, description: 'Scope `profile`.' }) picture?: string;
  @EmailAddress({ optional: true, description: 'Scope `email`.' }) email?: string;
  @Flag({ optional: true, description: 'Scope `email`.' }) email_verified?: boolean;
  @TextList({ optional: true, description: 'Scope `roles`.' }) roles?: string[];
}

export const ReadUserInfo = command('identity.authorization.userinfo', {
  request: Empty,
  response: UserInfo,
  errors: [InvalidToken, InsufficientScope],
  permission: 'user',
  summary: 'Who the token is about (OpenID Connect Core §5.3).',
});

/** What a person has allowed an application. */
export class AuthorizationGrant {
  @Id() client_id!: string;
  @Text() name!: string;
  @Flag({ description: 'One of the studio’s own, which nobody had to allow.' }) first_party!: boolean;
  @TextList() scopes!: string[];
  @Timestamp() granted_at!: string;
  @Timestamp() last_used_at!: string;
}

export class AuthorizationGrants {
  @NestedList(() => AuthorizationGrant) grants!: AuthorizationGrant[];
}

export const ListGrants = command('identity.grant.list', {
  request: Empty,
  response: AuthorizationGrants,
  errors: [InvalidToken],
  permission: 'user',
  impersonation: 'allowed',
  summary: 'The applications that the caller has allowed something.',
});

export class RevokeGrantRequest {
  @Text({ max: 64, pattern: PLAIN }) client_id!: string;
}

export const RevokeGrant = command('identity.grant.revoke', {
  request: RevokeGrantRequest,
  response: EndedSessions,
  errors: [InvalidToken, NotFound],
  permission: 'user',
  summary: 'Takes back what an application was allowed, and ends its sessions.',
});

export class RevokeTokenRequest {
  @SecretText({ optional: true, max: 1024 }) refresh_token?: string;
  @Uuid({ optional: true, description: 'Of an access token that the gateway has verified.' }) session_id?: string;
  @Text({ optional: true, max: 64, pattern: PLAIN, description: 'The client that asks, which has proven itself.' })
  client_id?: string;
}

export const RevokeToken = command('identity.authorization.revoke_token', {
  request: RevokeTokenRequest,
  response: EndedSessions,
  errors: [ValidationFailed, ClientAuthenticationFailed],
  permission: 'anyone',
  summary: 'Ends the session of a token (RFC 7009); nothing to end is no failure, another client’s token is.',
});
