import { Flag, Int, SecretText, Text, TextList } from '#contracts';
import type { VerifiedToken } from '#access-tokens';

/** The form of `/oauth/introspect` (RFC 7662 §2.1). */
export class IntrospectionForm {
  @SecretText({ max: 16_384 }) token!: string;
  @Text({ optional: true, max: 64 }) token_type_hint?: string;
  @Text({ optional: true, max: 64 }) client_id?: string;
  @SecretText({ optional: true, min: 0, max: 1024 }) client_secret?: string;
}

/** The answer (RFC 7662 §2.2). Of a token that is not good, or not the asker's business, there is `active` alone. */
export class Introspection {
  @Flag() active!: boolean;
  @Text({ optional: true }) iss?: string;
  @Text({ optional: true }) sub?: string;
  @TextList({ optional: true }) aud?: string[];
  @Text({ optional: true }) client_id?: string;
  @Text({ optional: true, description: '`Bearer`.' }) token_type?: string;
  @Int({ optional: true, description: 'Unix seconds.' }) exp?: number;
  @Int({ optional: true, description: 'Unix seconds.' }) iat?: number;
  @Text({ optional: true }) jti?: string;
  @Text({ optional: true, description: 'Session of a person’s token.' }) sid?: string;
  @Text({ optional: true, description: 'Device of a paired device’s token.' }) device_id?: string;
  @Text({ optional: true, max: 4096 }) scope?: string;
  @TextList({ optional: true }) roles?: string[];
  @TextList({ optional: true }) amr?: string[];
  @Int({ optional: true, description: 'Unix seconds.' }) auth_time?: number;
}

/** Whether an asker may know about a token. */
export type MayKnow = (token: VerifiedToken) => boolean;

const PREFIX = 'introspect.';

/** An internal caller knows of tokens for the audiences on its list: scopes `introspect.<audience>`; `*` is any. */
export const byAudience = (scopes: readonly string[]): MayKnow => {
  const audiences = new Set(scopes.filter((s) => s.startsWith(PREFIX)).map((s) => s.slice(PREFIX.length)));
  return ({ aud }) => audiences.has('*') || aud.some((a) => audiences.has(a));
};

/** A client application knows of its own tokens. */
export const byClient =
  (clientId: string): MayKnow =>
  ({ client_id }) =>
    client_id === clientId;

/** What is told of a good token: what its own claims say, which whoever holds it could read. */
export function introspectionOf(token: VerifiedToken, issuer: string): Introspection {
  const { sub, aud, client_id, exp, iat, jti, sid, device_id, scopes, roles, amr, auth_time } = token;
  return {
    ...{ active: true, iss: issuer, sub, aud, client_id, token_type: 'Bearer', exp, iat, jti },
    ...(sid === undefined ? {} : { sid, roles, amr, auth_time }),
    ...(device_id === undefined ? {} : { device_id }),
    ...(scopes.length ? { scope: scopes.join(' ') } : {}),
  };
}
