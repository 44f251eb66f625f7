import { Injectable } from '@nestjs/common';
import { Log } from '#boot';
import { Bus } from '#bus';
import { IssueLicenseToken, Refusal } from '#contracts';
import { stateOf } from './license-token.rules.js';
import { LicenseTokensRepository, type CachedLicenseToken } from './license-tokens.repository.js';

/** Whose license token is wanted, and how long it is to live. */
export interface LicenseTokenRequest {
  user_id: string;
  entitlement_version: number;
  /** Seconds; 0 means that the client gets none. */
  ttl: number;
}

/** Milliseconds that a sign-in waits for licensing before it does without. Tests wait longer. */
export const LICENSING_WAIT = { ms: 1_500 };

/**
 * The license token that goes out with a sign-in or a refresh. Licensing is asked only when the kept one is missing,
 * says something older, or is a day old; when it cannot be asked, people still sign in: they get the kept token if it
 * states their present entitlement, else none, and go on with the one they hold.
 */
@Injectable()
export class LicenseTokens {
  constructor(
    private readonly kept: LicenseTokensRepository,
    private readonly bus: Bus,
    private readonly log: Log,
  ) {}

  /** For a sign-in: looks for a kept token first. */
  async find(request: LicenseTokenRequest): Promise<string | undefined> {
    if (request.ttl === 0) return undefined;
    return this.choose(request, await this.kept.find(request.user_id, request.ttl));
  }

  /** For who has read the kept token already. */
  async choose(request: LicenseTokenRequest, cached?: CachedLicenseToken | null): Promise<string | undefined> {
    if (request.ttl === 0) return undefined;
    const state = stateOf(cached, request.entitlement_version, Date.now());
    if (state === 'fresh') return cached!.token;
    return (await this.issue(request)) ?? (state === 'usable' ? cached!.token : undefined);
  }

  private async issue({ user_id, ttl }: LicenseTokenRequest): Promise<string | undefined> {
    try {
      const issued = await this.bus.send(IssueLicenseToken, { user_id, ttl }, { timeoutMs: LICENSING_WAIT.ms });
      const { license_token: token, version: entitlement_version, issued_at, expires_at } = issued;
      await this.kept.keep(user_id, ttl, { token, entitlement_version, issued_at, expires_at });
      return token;
    } catch (error) {
      const reason = error instanceof Refusal ? error.code : 'internal';
      this.log.warn('no license token could be had', { user_id, reason });
      return undefined;
    }
  }
}
