import { LoginRequest, pattern, PLAIN, SecretText, Text, ValidationFailed } from '#contracts';

/** Longer passwords are wrong by definition; they cost a guesser the same time as any other (R-PW14). */
const MAX_PASSWORD = 1024;

/** A sign-in as JSON, or as the OAuth2 password form that some clients send. */
export class LoginBody {
  @Text({ optional: true, max: 254, pattern: PLAIN, description: 'E-mail address; give either this or `username`.' })
  email?: string;
  @Text({ optional: true, max: 254, pattern: PLAIN, description: 'Username or e-mail address.' }) username?: string;
  @SecretText({ min: 0, max: 65_536 }) password!: string;
  @Text({ optional: true, max: 64, description: 'Default: `X-Client-Id`, else the default client.' })
  client_id?: string;
  @Text({
    optional: true,
    max: 64,
    pattern: pattern(/^password$/, '`password`'),
    description: 'Of the OAuth2 form; always `password`.',
  })
  grant_type?: string;
  @Text({ optional: true, min: 0, max: 1024, description: 'Of the OAuth2 form; not used.' }) scope?: string;
  @SecretText({ optional: true, min: 0, max: 1024, description: 'Of the OAuth2 form; not used.' })
  client_secret?: string;
}

/** @throws Refusal `validation_failed` when there is no sign-in name */
export function loginOf(body: LoginBody, realm: 'any' | 'player'): LoginRequest {
  const login = body.email ?? body.username;
  if (login === undefined) {
    const detail = 'Give email or username.';
    throw ValidationFailed.with({ detail, errors: [{ field: 'email', code: 'required', detail }] });
  }
  const password = body.password.length > MAX_PASSWORD ? '' : body.password;
  return { login, password, realm, ...(body.client_id === undefined ? {} : { client_id: body.client_id }) };
}

export class RefreshBody {
  @SecretText({ optional: true, max: 1024, description: 'For clients without a cookie.' }) refresh_token?: string;
  @Text({ optional: true, max: 64 }) client_id?: string;
}

export class LogoutBody extends RefreshBody {}

export class TokenBody {
  @SecretText({ max: 16_384, description: 'An access token.' }) token!: string;
}
