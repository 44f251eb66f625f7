import { command } from '../command.js';
import { Empty } from '../empty.js';
import { Flag, Int, NestedList, OneOf, SecretText, Text, TextList, Timestamp, Uuid } from '../fields.js';
import { InvalidToken, NotFound, Overloaded, RateLimited, UnknownClient, ValidationFailed } from '../general.errors.js';
import { ClientAuthenticationFailed, InvalidScope } from './authorization.errors.js';
import {
  GrantNotAllowed,
  InvalidCredentials,
  RefreshTokenExpired,
  RefreshTokenInvalid,
  RefreshTokenReused,
} from './identity.errors.js';
import { IssuedTokens, SignedIn } from './tokens.js';
import { PLAIN } from './user.js';

export class LoginRequest {
  @Text({ max: 254, pattern: PLAIN, description: 'E-mail address or username.' }) login!: string;
  @SecretText({ min: 0, max: 1024 }) password!: string;
  @Text({ optional: true, max: 64, pattern: PLAIN }) client_id?: string;
  @OneOf(['any', 'player'], {
    optional: true,
    description: '`any` (default): an admin’s credentials first, then a player’s. `player`: players only.',
  })
  realm?: 'any' | 'player';
}

export const Login = command('identity.session.login', {
  request: LoginRequest,
  response: SignedIn,
  errors: [ValidationFailed, UnknownClient, InvalidCredentials, GrantNotAllowed, RateLimited, Overloaded],
  permission: 'anyone',
  timeoutMs: 8_000,
  concurrency: 512,
  summary: 'Signs in with a password.',
});

export class RefreshSessionRequest {
  @SecretText({ max: 1024 }) refresh_token!: string;
  @Text({
    optional: true,
    max: 64,
    pattern: PLAIN,
    description: 'When given it must be the client that the token was issued to.',
  })
  client_id?: string;
  @SecretText({ optional: true, max: 1024, description: 'Of a confidential client.' }) client_secret?: string;
  @Text({
    optional: true,
    max: 2048,
    pattern: PLAIN,
    description: 'Some of the scopes that were granted (RFC 6749 §6).',
  })
  scope?: string;
}

export const RefreshSession = command('identity.session.refresh', {
  request: RefreshSessionRequest,
  response: IssuedTokens,
  errors: [
    RefreshTokenInvalid,
    RefreshTokenExpired,
    RefreshTokenReused,
    ClientAuthenticationFailed,
    InvalidScope,
    Overloaded,
  ],
  permission: 'anyone',
  concurrency: 256,
  summary: 'Rotates a refresh token and issues a new access token.',
});

export class LogoutRequest {
  @SecretText({ optional: true, max: 1024 }) refresh_token?: string;
  @Flag({ optional: true, description: 'End every session of the person.' }) all?: boolean;
}

/** Sessions that ended, for the gateway's own revocation list. */
export class EndedSessions {
  @TextList({ max: 10_000 }) session_ids!: string[];
}

export const Logout = command('identity.session.logout', {
  request: LogoutRequest,
  response: EndedSessions,
  permission: 'anyone',
  summary: 'Ends the session that the token or the actor names; answers the same when there is none.',
});

export class Session {
  @Uuid() id!: string;
  @Text() client_id!: string;
  @Text({ nullable: true, max: 512 }) user_agent!: string | null;
  @Text({ nullable: true, max: 64 }) ip!: string | null;
  @Timestamp() created_at!: string;
  @Timestamp() last_used_at!: string;
  @Timestamp() expires_at!: string;
  @Flag() current!: boolean;
  @Uuid({ optional: true, description: 'The member of staff whose session in the person’s name it is.' })
  impersonated_by?: string;
}

export class SessionList {
  @NestedList(() => Session) sessions!: Session[];
}

export const ListSessions = command('identity.session.list', {
  request: Empty,
  response: SessionList,
  errors: [InvalidToken],
  permission: 'user',
  impersonation: 'allowed',
  summary: 'The caller’s live sessions.',
});

export class RevokeSessionRequest {
  @Uuid() session_id!: string;
}

export const RevokeSession = command('identity.session.revoke', {
  request: RevokeSessionRequest,
  response: EndedSessions,
  errors: [InvalidToken, NotFound],
  permission: 'user',
  summary: 'Ends one of the caller’s sessions and its access tokens.',
});

export class Revocation {
  @Text({ description: 'A session id (`sid`) or a token id (`jti`).' }) id!: string;
  @Timestamp({ description: 'When no access token of it can be alive any more.' }) expires_at!: string;
}

export class RevocationList {
  @NestedList(() => Revocation, { max: 1_000_000 }) revocations!: Revocation[];
}

export const ListRevocations = command('identity.revocation.list', {
  request: Empty,
  response: RevocationList,
  permission: 'apps',
  callers: ['gateway', 'realtime'],
  summary: 'Every revocation that still matters, re-read by verifiers at start and after an outage.',
});

export class IssueServiceTokenRequest {
  @Text({ max: 64 }) caller!: string;
  @TextList() scopes!: string[];
}

export class ServiceToken {
  @SecretText({ max: 8192 }) access_token!: string;
  @OneOf(['Bearer']) token_type!: 'Bearer';
  @Int({ min: 1, max: 900 }) expires_in!: number;
  @Text({ max: 4096 }) scope!: string;
}

export const IssueServiceToken = command('identity.service_token.issue', {
  request: IssueServiceTokenRequest,
  response: ServiceToken,
  permission: 'apps',
  callers: ['gateway'],
  summary: 'A token of at most 15 minutes for an internal caller that the gateway has authenticated.',
});
