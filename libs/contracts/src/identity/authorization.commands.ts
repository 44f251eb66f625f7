import { command } from '../command.js';
import { Flag, Int, Nested, OneOf, SecretText, Text, TextList, Uuid } from '../fields.js';
import { UnknownClient, ValidationFailed } from '../general.errors.js';
import { AuthorizationRequestOver, RedirectNotRegistered } from './authorization.errors.js';
import { EndedSessions } from './sessions.commands.js';
import { pattern } from '../patterns.js';

/** The parameters of an authorization request as they came (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1). */
export class AuthorizationParameters {
  @Text({ optional: true, min: 0, max: 64 }) response_type?: string;
  @Text({ optional: true, min: 0, max: 64, description: 'Only `query`.' }) response_mode?: string;
  @Text({ optional: true, min: 0, max: 64 }) client_id?: string;
  @Text({ optional: true, min: 0, max: 2048 }) redirect_uri?: string;
  @Text({ optional: true, min: 0, max: 2048 }) scope?: string;
  @Text({ optional: true, min: 0, max: 2048 }) state?: string;
  @Text({ optional: true, min: 0, max: 1024 }) nonce?: string;
  @Text({ optional: true, min: 0, max: 256 }) code_challenge?: string;
  @Text({ optional: true, min: 0, max: 64, description: 'Only `S256` (RFC 7636).' }) code_challenge_method?: string;
  @Text({ optional: true, min: 0, max: 128 }) prompt?: string;
  @Text({ optional: true, min: 0, max: 16, description: 'Seconds.' }) max_age?: string;
  @Text({ optional: true, min: 0, max: 254 }) login_hint?: string;
  @Text({ optional: true, min: 0, max: 16_384, description: 'Not supported.' }) request?: string;
  @Text({ optional: true, min: 0, max: 2048, description: 'Not supported.' }) request_uri?: string;
}

export class BeginAuthorizationRequest {
  @Nested(() => AuthorizationParameters) parameters!: AuthorizationParameters;
  @SecretText({ optional: true, max: 1024, description: 'Refresh token of the pages’ cookie.' }) session_token?: string;
  @Flag({ optional: true, description: 'Keep the request and ask nothing yet: the browser comes back with it.' })
  deferred?: boolean;
}

/** What follows in an authorization: back to the application, or a page of ours. */
export class AuthorizationStep {
  @OneOf(['redirect', 'sign_in', 'consent', 'resume']) step!: 'redirect' | 'sign_in' | 'consent' | 'resume';
  @SecretText({ optional: true, max: 8192, description: 'With `redirect`.' }) redirect_to?: string;
  @Text({ optional: true, max: 64, description: 'With all others.' }) request_id?: string;
}

export const BeginAuthorization = command('identity.authorization.begin', {
  request: BeginAuthorizationRequest,
  response: AuthorizationStep,
  errors: [ValidationFailed, UnknownClient, RedirectNotRegistered],
  permission: 'anyone',
  summary: 'An application asks for a code (RFC 6749 §4.1): gives it, or says what the person has to do first.',
});

export class AuthorizationRequestRef {
  @Text({ max: 64, pattern: pattern(/^[A-Za-z0-9_-]+$/, 'the id of a sign-in request') }) request_id!: string;
  @SecretText({ optional: true, max: 1024, description: 'Refresh token of the pages’ cookie.' }) session_token?: string;
}

export const ResumeAuthorization = command('identity.authorization.resume', {
  request: AuthorizationRequestRef,
  response: AuthorizationStep,
  errors: [ValidationFailed, AuthorizationRequestOver],
  permission: 'anyone',
  summary: 'Goes on with an authorization after the person has signed in.',
});

/** What the pages show of an authorization. */
export class AuthorizationPrompt {
  @Text({ max: 64 }) client_id!: string;
  @Text() client_name!: string;
  @Text({ max: 2048, description: 'Where the answer goes.' }) redirect_uri!: string;
  @TextList() scopes!: string[];
  @Int({ description: 'Seconds an access token lives.' }) access_ttl!: number;
  @Int({ description: 'Seconds for which it may stay signed in without asking again; 0: it may not.' })
  offline_ttl!: number;
  @Text({ nullable: true, max: 254, description: 'What the application says the person is called.' }) login_hint!:
    string | null;
  @Text({ nullable: true, max: 64, description: 'Who is signed in at this browser.' }) username!: string | null;
}

export const ReadAuthorization = command('identity.authorization.read', {
  request: AuthorizationRequestRef,
  response: AuthorizationPrompt,
  errors: [ValidationFailed, AuthorizationRequestOver],
  permission: 'apps',
  callers: ['gateway'],
  summary: 'What an application asks for, for the pages that sign in and ask for consent.',
});

export class DecideAuthorizationRequest extends AuthorizationRequestRef {
  @Flag() approve!: boolean;
}

export const DecideAuthorization = command('identity.authorization.decide', {
  request: DecideAuthorizationRequest,
  response: AuthorizationStep,
  errors: [ValidationFailed, AuthorizationRequestOver],
  permission: 'anyone',
  summary: 'The person allows what the application asks for, or does not.',
});

export class BrowserSessionRef {
  @SecretText({ max: 1024, description: 'Refresh token of the pages’ cookie.' }) session_token!: string;
}

/** Who is signed in at a browser; all null when nobody is. */
export class BrowserSession {
  @Uuid({ nullable: true }) user_id!: string | null;
  @Uuid({ nullable: true }) session_id!: string | null;
  @Text({ nullable: true, max: 64 }) username!: string | null;
}

export const ReadBrowserSession = command('identity.authorization.read_session', {
  request: BrowserSessionRef,
  response: BrowserSession,
  permission: 'apps',
  callers: ['gateway'],
  summary: 'Who is signed in at the browser with this cookie. Rotates nothing.',
});

export class EndAuthorizationRequest {
  @SecretText({ optional: true, max: 1024, description: 'Refresh token of the pages’ cookie.' }) session_token?: string;
  @Uuid({ optional: true, description: '`sub` of the ID token that was shown.' }) user_id?: string;
  @Uuid({ optional: true, description: '`sid` of the ID token that was shown.' }) session_id?: string;
}

export const EndAuthorization = command('identity.authorization.end', {
  request: EndAuthorizationRequest,
  response: EndedSessions,
  permission: 'apps',
  callers: ['gateway'],
  summary: 'Signs out at the browser and at the application (OpenID Connect RP-Initiated Logout 1.0).',
});
