import {
  ClientAuthenticationFailed,
  Int,
  InvalidScope,
  SecretText,
  Text,
  ValidationFailed,
  type MfaChallenge,
  type TokenSet,
} from '#contracts';
import { MfaRequired } from '../edge/edge.errors.js';

/** The form of `/oauth/token` (RFC 6749 §4.1.3, §4.3.2, §4.4.2, §6, RFC 7636 §4.5). */
export class TokenForm {
  @Text({ max: 64, example: 'refresh_token' }) grant_type!: string;
  @SecretText({ optional: true, max: 512 }) code?: string;
  @Text({ optional: true, max: 2048 }) redirect_uri?: string;
  @SecretText({ optional: true, min: 0, max: 256 }) code_verifier?: string;
  @SecretText({ optional: true, max: 128, description: 'RFC 8628 §3.4.' }) device_code?: string;
  @SecretText({ optional: true, max: 1024 }) refresh_token?: string;
  @Text({ optional: true, max: 254 }) username?: string;
  @SecretText({ optional: true, min: 0, max: 65_536 }) password?: string;
  @Text({ optional: true, min: 0, max: 4096 }) scope?: string;
  @Text({ optional: true, max: 64 }) client_id?: string;
  @SecretText({ optional: true, min: 0, max: 1024 }) client_secret?: string;
}

/** The form of `/oauth/revoke` (RFC 7009 §2.1). */
export class RevokeForm {
  @SecretText({ max: 16_384 }) token!: string;
  @Text({ optional: true, max: 64 }) token_type_hint?: string;
  @Text({ optional: true, max: 64 }) client_id?: string;
  @SecretText({ optional: true, min: 0, max: 1024 }) client_secret?: string;
}

/** The answer of `/oauth/token` (RFC 6749 §5.1), with the license token as a member of our own. */
export class OAuthTokens {
  @SecretText({ max: 8192 }) access_token!: string;
  @Text() token_type!: string;
  @Int({ description: 'Seconds.' }) expires_in!: number;
  @SecretText({ optional: true }) refresh_token?: string;
  @SecretText({ optional: true, max: 8192 }) license_token?: string;
  @SecretText({ optional: true, max: 8192 }) id_token?: string;
  @Text({ optional: true, min: 0, max: 4096 }) scope?: string;
}

/**
 * A token set without the person: this answer is about tokens.
 * @throws Refusal `mfa_required` with the token for `POST /v1/auth/login/mfa`
 */
export function oauthTokensOf(answer: TokenSet | MfaChallenge): OAuthTokens {
  if ('mfa_required' in answer) {
    throw MfaRequired.with({ members: { mfa_token: answer.mfa_token, methods: answer.methods.join(' ') } });
  }
  const { user: _user, ...tokens } = answer;
  return tokens;
}

export interface ClientCredentials {
  client_id?: string;
  client_secret?: string;
}

const formDecode = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '));

/**
 * The client of a request: from `Authorization: Basic` (RFC 6749 §2.3.1), else from the form.
 * @throws Refusal when it is given both ways, or cannot be read
 */
export function clientOf(authorization: string | undefined, form: ClientCredentials): ClientCredentials {
  const basic = /^Basic +([A-Za-z0-9+/=_-]+) *$/i.exec(authorization ?? '')?.[1];
  if (!basic) return form;
  if (form.client_secret) throw ValidationFailed.with('Give the client’s credentials one way only.');
  const [id = '', ...secret] = Buffer.from(basic, 'base64').toString('utf8').split(':');
  try {
    return { client_id: formDecode(id), client_secret: formDecode(secret.join(':')) };
  } catch {
    throw ClientAuthenticationFailed.with();
  }
}

/** The scopes that are granted: those asked for, or all. @throws Refusal when one is not the client's */
export function grantedScopes(asked: string | undefined, own: readonly string[]): string[] {
  if (!asked) return [...own];
  const scopes = [...new Set(asked.split(' ').filter(Boolean))];
  if (!scopes.every((s) => own.includes(s))) throw InvalidScope.with();
  return scopes;
}

/** @throws Refusal `validation_failed` that names the missing parameter */
export function required(
  form: TokenForm,
  name: 'code' | 'redirect_uri' | 'device_code' | 'refresh_token' | 'username' | 'password',
): string {
  const value = form[name];
  if (value !== undefined) return value;
  throw ValidationFailed.with({
    detail: `${name} is required.`,
    errors: [{ field: name, code: 'required', detail: `${name} is required.` }],
  });
}
