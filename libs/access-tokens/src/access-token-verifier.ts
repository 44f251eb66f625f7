import { Inject, Injectable } from '@nestjs/common';
import { ACCOUNT_SCOPE, InsufficientScope, InvalidToken, type UserActor } from '#contracts';
import { ClientPolicyCache } from './client-policies.js';
import { isExpired, readClaims, type VerifiedToken } from './claims.rules.js';
import { readHeader, verifySignature } from './jws.rules.js';
import { KeyCache } from './key-cache.js';
import { RevocationList } from './revocation-list.js';

/** DI token of the issuer: the public URL that every `iss` must equal. */
export const ISSUER = Symbol('issuer');

/** `aud` of tokens that internal callers get by client credentials. */
export const SERVICE_AUDIENCE = 'gatehouse-internal';

/** Asks for no scope in particular: for routes that are about the token itself. */
export const ANY_SCOPE = '*';

const CACHE_SIZE = 10_000;

/** Verifies access tokens without asking anybody: cached keys, cached policies, the revocation list in memory. */
@Injectable()
export class AccessTokenVerifier {
  private readonly seen = new Map<string, VerifiedToken>();

  constructor(
    @Inject(ISSUER) private readonly issuer: string,
    private readonly keys: KeyCache,
    private readonly clients: ClientPolicyCache,
    private readonly revocations: RevocationList,
  ) {}

  /**
   * Verifies a person's access token.
   * @param scope what a token that is limited to scopes has to have; by default none but one for the whole account does
   * @throws Refusal `invalid_token` when it is anything but a live `at+jwt` of a known client for that client's audience;
   *   `insufficient_scope`
   */
  async verify(token: string, scope?: string): Promise<VerifiedToken> {
    const verified = await this.verifyBearer(token, scope);
    if (!verified.sid) throw InvalidToken.with();
    return verified;
  }

  /**
   * Verifies a person's access token or a paired device's. Only for what a device may do too: its token is good for no
   * route of an account (R-DP2).
   * @returns with `device_id` for a device, with `sid` for a person
   * @throws Refusal `invalid_token`, `insufficient_scope`; `unavailable` while it is not known what has ended
   */
  async verifyBearer(token: string, scope: string = ACCOUNT_SCOPE): Promise<VerifiedToken> {
    const verified = this.seen.get(token) ?? (await this.check(token));
    const audience = this.clients.find(verified.client_id)?.audience;
    const isBearer = verified.sid !== undefined || verified.device_id !== undefined;
    if (!audience || !isBearer || !verified.aud.every((a) => audience.includes(a))) throw InvalidToken.with();
    this.assertAlive(token, verified);
    if (!covers(verified.scopes, scope)) throw InsufficientScope.with();
    return verified;
  }

  /** Verifies an internal caller's token; its `sub` is the caller's name. @throws Refusal `invalid_token` */
  async verifyService(token: string): Promise<VerifiedToken> {
    const verified = this.seen.get(token) ?? (await this.check(token));
    if (verified.device_id !== undefined || verified.aud.length !== 1 || verified.aud[0] !== SERVICE_AUDIENCE)
      throw InvalidToken.with();
    this.assertAlive(token, verified);
    return verified;
  }

  private assertAlive(token: string, verified: VerifiedToken): void {
    if (isExpired(verified, Date.now() / 1000) || !this.keys.trusts(verified.kid)) {
      this.seen.delete(token);
      throw InvalidToken.with();
    }
    this.revocations.assertComplete();
    if (this.revocations.has(verified.sid) || this.revocations.has(verified.jti)) throw InvalidToken.with();
  }

  private async check(token: string): Promise<VerifiedToken> {
    const { header } = readHeader(token);
    const key = await this.keys.find(header.kid);
    const verified = readClaims(verifySignature(token, key), key.kid, this.issuer, Math.floor(Date.now() / 1000));
    // Each kind of token has what the other has not: a device is no session, and a session no device (R-DP2).
    if ((key.typ === 'device+jwt') !== (verified.device_id !== undefined)) throw InvalidToken.with();
    if (verified.device_id !== undefined && verified.sid !== undefined) throw InvalidToken.with();
    // The oldest entry makes room: Map keeps the order of insertion.
    if (this.seen.size >= CACHE_SIZE) this.seen.delete(this.seen.keys().next().value!);
    this.seen.set(token, verified);
    return verified;
  }
}

/** An application has what its person allowed it and no more; who signed in directly has everything. */
const covers = (scopes: readonly string[], scope: string): boolean =>
  !scopes.length || scope === ANY_SCOPE || scopes.includes(ACCOUNT_SCOPE) || scopes.includes(scope);

/** The actor that a verified token stands for. */
export const actorOf = (token: VerifiedToken): UserActor => ({
  kind: 'user',
  user_id: token.sub,
  session_id: token.sid!,
  client_id: token.client_id,
  roles: token.roles,
  amr: token.amr,
  auth_time: token.auth_time,
  ...(token.scopes.length ? { scopes: token.scopes } : {}),
  ...(token.impersonator_id === undefined ? {} : { impersonator_id: token.impersonator_id }),
});
