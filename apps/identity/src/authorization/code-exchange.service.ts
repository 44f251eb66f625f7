import { Injectable } from '@nestjs/common';
import {
  InvalidCredentials,
  InvalidGrant,
  OPENID_SCOPE,
  Refusal,
  type AuthorizedTokens,
  type Call,
  type ClientPolicy,
  type ExchangeCodeRequest,
} from '#contracts';
import { newId } from '#persistence';
import { ClientProof } from '../clients/client-proof.service.js';
import { TokenSigner } from '../keys/token-signer.service.js';
import { TokenIssuer, type Proofs } from '../sessions/token-issuer.service.js';
import {
  AuthorizationCodesRepository,
  type AuthorizationCode,
  type OwnedCode,
} from './authorization-codes.repository.js';
import { hashCode, verifies } from './code.rules.js';
import { CodeReplays } from './code-replays.service.js';

/** Somebody else was faster. */
class UsedMeanwhile extends Error {}

/** Exchanges authorization codes for tokens (RFC 6749 §4.1.3, RFC 7636 §4.5). */
@Injectable()
export class CodeExchange {
  constructor(
    private readonly clients: ClientProof,
    private readonly codes: AuthorizationCodesRepository,
    private readonly replays: CodeReplays,
    private readonly issuer: TokenIssuer,
    private readonly signer: TokenSigner,
  ) {}

  /**
   * Of any number of exchanges of one code the first opens a session; every other ends that session (R-AS3).
   * @throws Refusal `unknown_client`, `client_authentication_failed`, `grant_not_allowed`, `invalid_grant`
   */
  async exchange(asked: ExchangeCodeRequest, call: Call): Promise<AuthorizedTokens> {
    const policy = await this.clients.prove(asked);
    const code = await this.codes.find(hashCode(asked.code));
    if (!code || code.client_id !== policy.client_id) throw InvalidGrant.with();
    if (code.session_id) return this.replays.refuse(code.code_hash);
    assertRedeemable(code, asked);
    const session_id = newId();
    const id_token = await this.idToken(code, policy, session_id);
    const issued = await this.open(code, policy, { session_id, origin: call.origin });
    return { issued, ...(id_token ? { id_token } : {}), scope: code.scopes.join(' ') };
  }

  private async open(code: OwnedCode, policy: ClientPolicy, opening: Required<Pick<Proofs, 'session_id' | 'origin'>>) {
    const { amr, auth_time, scopes, roles, entitlement_version } = code;
    const user = { id: code.user_id, roles, entitlement_version };
    const proofs: Proofs = { user, policy, grant: 'authorization_code', amr, auth_time, scopes, ...opening };
    try {
      const { issued } = await this.issuer.issueTokens(proofs, async () => {
        if (!(await this.codes.consume(code.code_hash, opening.session_id))) throw new UsedMeanwhile();
      });
      // What the browser's session has shown is not enough by now; at the authorization endpoint it is asked for more.
      if (!issued) throw InvalidGrant.with('A second factor is needed: start again.');
      // By it a browser is known at our own sign-in; an application has no use for it.
      const { device_token: _device, ...rest } = issued;
      return rest;
    } catch (error) {
      if (error instanceof UsedMeanwhile) return this.replays.refuse(code.code_hash);
      if (error instanceof Refusal && error.is(InvalidCredentials)) throw InvalidGrant.with();
      throw error;
    }
  }

  /** Before the code is used up: should there be no signature now, the application may try again. */
  private async idToken(code: AuthorizationCode, policy: ClientPolicy, sessionId: string): Promise<string | undefined> {
    if (!code.scopes.includes(OPENID_SCOPE)) return undefined;
    const { user_id, client_id, amr, auth_time, nonce } = code;
    const { signing_alg, access_ttl: ttl } = policy;
    return this.signer.signId({ user_id, session_id: sessionId, client_id, amr, auth_time, nonce, signing_alg, ttl });
  }
}

/** The same refusal whatever it is that does not fit: it tells a thief nothing. */
function assertRedeemable(code: AuthorizationCode, asked: ExchangeCodeRequest): void {
  const fits = code.redirect_uri === asked.redirect_uri && verifies(code.code_challenge, asked.code_verifier);
  if (!fits || code.expires_at <= new Date()) throw InvalidGrant.with();
}
