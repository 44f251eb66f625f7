import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Bus } from '#bus';
import { acrOf, SignToken, type ClientPolicy, type SignTokenRequest } from '#contracts';
import { IdentityConfig } from '../identity.config.js';

/** What an access token states about its person and session. */
export interface AccessClaims {
  user_id: string;
  session_id: string;
  client_id: string;
  audience: string[];
  roles: string[];
  amr: string[];
  auth_time: Date;
  /** What an application was allowed; null or absent where the person signed in for everything. */
  scopes?: string[] | null;
  signing_alg: ClientPolicy['signing_alg'];
  /** The member of staff who acts in the person's name (`act`, RFC 8693 §4.1). */
  impersonated_by?: string | null;
  /** Seconds it lives. */
  ttl: number;
}

/** What an ID token states (OpenID Connect Core §2); nothing personal: that is asked for with the access token. */
export interface IdClaims extends Pick<
  AccessClaims,
  'user_id' | 'session_id' | 'client_id' | 'amr' | 'auth_time' | 'signing_alg' | 'ttl'
> {
  nonce: string | null;
}

/** What the token of a paired device states: no role and no session. */
export interface DeviceClaims {
  user_id: string;
  device_id: string;
  token_id: string;
  client_id: string;
  audience: string[];
  /** Seconds it lives. */
  ttl: number;
}

const SERVICE_AUDIENCE = 'gatehouse-internal';

const unixSeconds = (date: Date): number => Math.floor(date.getTime() / 1_000);

/** Has tokens signed: identity says what they state, secrets holds the key. */
@Injectable()
export class TokenSigner {
  constructor(
    private readonly config: IdentityConfig,
    private readonly bus: Bus,
  ) {}

  /** An access token of a person. @throws Refusal `unavailable`, `sealed` */
  async signAccess(of: AccessClaims): Promise<string> {
    return this.sign('access', of, {
      sub: of.user_id,
      aud: of.audience.length === 1 ? of.audience[0] : of.audience,
      sid: of.session_id,
      client_id: of.client_id,
      roles: of.roles,
      amr: of.amr,
      auth_time: unixSeconds(of.auth_time),
      acr: acrOf(of.amr),
      ...(of.scopes ? { scope: of.scopes.join(' ') } : {}),
      ...(of.impersonated_by ? { act: { sub: of.impersonated_by } } : {}),
    });
  }

  /** An ID token. @throws Refusal `unavailable`, `sealed` */
  async signId(of: IdClaims): Promise<string> {
    return this.sign('id_token', of, {
      sub: of.user_id,
      aud: of.client_id,
      sid: of.session_id,
      auth_time: unixSeconds(of.auth_time),
      acr: acrOf(of.amr),
      amr: of.amr,
      ...(of.nonce === null ? {} : { nonce: of.nonce }),
    });
  }

  /** The token of a paired device (`device+jwt`). @throws Refusal `unavailable`, `sealed` */
  async signDevice({ user_id, device_id, token_id, client_id, audience, ttl }: DeviceClaims): Promise<string> {
    const iat = unixSeconds(new Date());
    const who = { iss: this.config.publicUrl, sub: user_id, aud: audience, client_id, device_id };
    const claims = { ...who, iat, exp: iat + ttl, jti: token_id };
    return (await this.bus.send(SignToken, { purpose: 'device_token', claims })).token;
  }

  /** A token of an internal caller: good for internal endpoints and its own scopes, for nothing else. */
  async signService(caller: string, scopes: string[], ttl: number): Promise<string> {
    const claims = { sub: caller, aud: SERVICE_AUDIENCE, client_id: caller, scope: scopes.join(' ') };
    return this.sign('access', { ttl, signing_alg: 'RS256' }, claims);
  }

  private async sign(
    purpose: SignTokenRequest['purpose'],
    { ttl, signing_alg: alg }: Pick<AccessClaims, 'ttl' | 'signing_alg'>,
    claims: Record<string, unknown>,
  ): Promise<string> {
    const iat = unixSeconds(new Date());
    const whole = { iss: this.config.publicUrl, ...claims, iat, exp: iat + ttl, jti: randomUUID() };
    return (await this.bus.send(SignToken, { purpose, alg, claims: whole })).token;
  }
}
