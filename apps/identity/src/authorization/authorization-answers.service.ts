import { Injectable } from '@nestjs/common';
import { GrantGiven, type AuthorizationStep } from '#contracts';
import { Outbox } from '#persistence';
import { IdentityConfig } from '../identity.config.js';
import { AuthorizationCodesRepository } from './authorization-codes.repository.js';
import type { AuthorizationRequest, RequestProblem } from './authorization-request.rules.js';
import type { SignedInBrowser } from './browser-sessions.repository.js';
import { CODE_LIFE_MS, hashCode, newSecret } from './code.rules.js';
import { GrantsRepository } from './grants.repository.js';
import { withQuery } from './redirects.rules.js';

/** Sends the browser back to the application: with a code, or with what is in the way. */
@Injectable()
export class AuthorizationAnswers {
  constructor(
    private readonly config: IdentityConfig,
    private readonly codes: AuthorizationCodesRepository,
    private readonly grants: GrantsRepository,
    private readonly outbox: Outbox,
  ) {}

  /** Gives a code, and notes what the application may do with it. */
  async allow(request: AuthorizationRequest, { user_id, amr, auth_time }: SignedInBrowser): Promise<AuthorizationStep> {
    const { client_id, redirect_uri, scopes, code_challenge, nonce = null, state } = request;
    const code = newSecret();
    const expires_at = new Date(Date.now() + CODE_LIFE_MS);
    const proofs = { user_id, amr, auth_time };
    const asked = { client_id, redirect_uri, scopes, code_challenge, nonce };
    await this.codes.add({ code_hash: hashCode(code), ...asked, ...proofs, expires_at });
    if (await this.grants.allow(user_id, client_id, scopes)) {
      await this.outbox.append(GrantGiven, { user_id, client_id, scopes }, { key: user_id });
    }
    return this.back(redirect_uri, { code, state });
  }

  refuse({ redirect_uri, state }: Pick<AuthorizationRequest, 'redirect_uri' | 'state'>, problem: RequestProblem) {
    return this.back(redirect_uri, { ...problem, state });
  }

  /** With `iss`, so that an application of several issuers knows whose answer it is (RFC 9207). */
  private back(redirectUri: string, members: Record<string, string | undefined>): AuthorizationStep {
    return { step: 'redirect', redirect_to: withQuery(redirectUri, { ...members, iss: this.config.publicUrl }) };
  }
}
