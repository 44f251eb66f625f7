import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  BeginAuthorization,
  DecideAuthorization,
  ExchangeCode,
  type AuthorizationParameters,
  type AuthorizationStep,
  type AuthorizedTokens,
  type ExchangeCodeRequest,
  type IssuedTokens,
} from '#contracts';
import { testDir } from '../../../test/support/index.js';
import { hashClientSecret } from '../src/clients/client-secret.rules.js';
import { IdentityApp } from './identity-app.js';

export const CALLBACK = 'https://app.example/cb';
export const SECRET = 'a-secret-of-a-confidential-client-0123456789';

const client = (client_id: string, more: object = {}): object => ({
  client_id,
  name: `The ${client_id}`,
  version: 1,
  audience: [`${client_id}-api`],
  access_ttl: '15m',
  refresh_ttl: '30d',
  refresh_idle_ttl: '7d',
  delivery: 'body',
  redirects: [CALLBACK],
  scopes: ['openid', 'profile', 'email', 'offline_access'],
  grants: ['authorization_code', 'refresh'],
  ...more,
});

const pages = client('web', {
  ...{
    delivery: 'cookie',
    cookie_name: 'gatehouse_refresh',
    grants: ['password', 'refresh'],
    scopes: [],
    redirects: [],
  },
});
const confidential = { confidential: true, secret_hashes: [hashClientSecret(SECRET)] };
const clients = [
  pages,
  client('app'),
  client('other-app'),
  client('server-app', confidential),
  client('own-app', { first_party: true, scopes: ['openid', 'account', 'offline_access'], signing_alg: 'ES256' }),
  client('native-app', { redirects: ['http://127.0.0.1/cb', 'com.example.native:/cb'] }),
  client('password-app', { grants: ['password', 'refresh'], scopes: ['openid'] }),
];

/** The identity service with applications that sign people in by codes. */
export async function authorizationApp(): Promise<IdentityApp> {
  const clientsFile = join(testDir('oauth-clients'), 'clients.yaml');
  writeFileSync(clientsFile, JSON.stringify({ default: 'web', clients }));
  return IdentityApp.start({ clientsFile });
}

export const newVerifier = (): string => randomBytes(32).toString('base64url');
export const challengeOf = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url');

/** The members of the query with which the browser is sent back. */
export const sentBack = (step: AuthorizationStep): Record<string, string> =>
  Object.fromEntries(new URL(step.redirect_to!).searchParams);

/** A person at a browser, and an application that asks for a code. */
export class AuthorizationVisit {
  readonly verifier = newVerifier();

  constructor(
    private readonly app: IdentityApp,
    readonly person: IssuedTokens | undefined,
    readonly client_id = 'app',
  ) {}

  get session_token(): string | undefined {
    return this.person?.tokens.refresh_token;
  }

  ask(more: Partial<AuthorizationParameters> = {}, sessionToken = this.session_token): Promise<AuthorizationStep> {
    const parameters = {
      ...{ response_type: 'code', client_id: this.client_id, redirect_uri: CALLBACK, scope: 'openid profile' },
      ...{ state: 'the-state', code_challenge: challengeOf(this.verifier), code_challenge_method: 'S256' },
      ...more,
    };
    return this.app.ask(BeginAuthorization, { parameters, ...(sessionToken ? { session_token: sessionToken } : {}) });
  }

  decide({ request_id }: AuthorizationStep, approve = true): Promise<AuthorizationStep> {
    return this.app.ask(DecideAuthorization, { request_id: request_id!, session_token: this.session_token, approve });
  }

  /** A code, with consent where it is asked for. */
  async code(more: Partial<AuthorizationParameters> = {}): Promise<string> {
    const step = await this.ask(more);
    return sentBack(step.step === 'consent' ? await this.decide(step) : step).code!;
  }

  exchange(code: string, more: Partial<ExchangeCodeRequest> = {}): Promise<AuthorizedTokens> {
    const { client_id, verifier } = this;
    const asked = { client_id, code, redirect_uri: CALLBACK, code_verifier: verifier, ...more };
    return this.app.ask(ExchangeCode, asked, { timeoutMs: 30_000 });
  }

  /** From the question to the tokens. */
  async tokens(more: Partial<AuthorizationParameters> = {}, how: Partial<ExchangeCodeRequest> = {}) {
    return this.exchange(await this.code(more), {
      ...how,
      ...(more.redirect_uri ? { redirect_uri: more.redirect_uri } : {}),
    });
  }
}
