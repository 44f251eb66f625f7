import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Bus } from '#bus';
import { SignToken } from '#contracts';
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
    return this.sign(of.ttl, {
      sub: of.user_id,
      aud: of.audience.length === 1 ? of.audience[0] : of.audience,
      sid: of.session_id,
      client_id: of.client_id,
      roles: of.roles,
      amr: of.amr,
      auth_time: unixSeconds(of.auth_time),
    });
  }

  /** A token of an internal caller: good for internal endpoints and its own scopes, for nothing else. */
  async signService(caller: string, scopes: string[], ttl: number): Promise<string> {
    return this.sign(ttl, { sub: caller, aud: SERVICE_AUDIENCE, client_id: caller, scope: scopes.join(' ') });
  }

  private async sign(ttl: number, claims: Record<string, unknown>): Promise<string> {
    const iat = unixSeconds(new Date());
    const whole = { iss: this.config.publicUrl, ...claims, iat, exp: iat + ttl, jti: randomUUID() };
    return (await this.bus.send(SignToken, { purpose: 'access', claims: whole })).token;
  }
}
