import { Injectable } from '@nestjs/common';
import { Bus } from '#bus';
import { SignToken, type IssuedLicenseToken } from '#contracts';
import { newId } from '#persistence';
import { Clock } from '../clock/clock.service.js';
import { stamp } from '../clock/times.rules.js';
import type { Standing } from '../entitlements/entitlements.service.js';
import { LicensingConfig } from '../licensing.config.js';
import { LicenseTokensRepository, type StoredToken } from './license-tokens.repository.js';
import { claimsOf, isFresh, lifetimeOf, staleBefore, statementOf } from './license-tokens.rules.js';

const answerOf = (kept: StoredToken): IssuedLicenseToken => ({
  license_token: kept.token,
  version: kept.version,
  issued_at: stamp(kept.issued_at),
  expires_at: stamp(kept.expires_at),
});

/** Hands out license tokens; signs only what has no fresh one. */
@Injectable()
export class LicenseTokensService {
  /** Signatures under way in this replica: whoever asks for the same meanwhile waits for it. */
  private readonly signing = new Map<string, Promise<StoredToken>>();

  constructor(
    private readonly bus: Bus,
    private readonly config: LicensingConfig,
    private readonly tokens: LicenseTokensRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * A token for a standing. Waits for the bus, so no transaction may be open.
   * @param ttl seconds it lives; default: what is configured, and what its plan asks for
   */
  async issue(
    standing: Standing,
    ttl = lifetimeOf(standing, this.config.licenseTokenTtl),
  ): Promise<IssuedLicenseToken> {
    return answerOf((await this.fresh(standing, ttl)) ?? (await this.signOnce(standing, ttl)));
  }

  private async fresh(standing: Standing, ttl: number): Promise<StoredToken | undefined> {
    const stored = await this.tokens.find(standing.user_id, ttl);
    return stored && isFresh(stored, standing, this.config.publicUrl, this.clock.now()) ? stored : undefined;
  }

  private signOnce(standing: Standing, ttl: number): Promise<StoredToken> {
    const name = `${standing.user_id} ${ttl} ${standing.version} ${statementOf(standing, this.config.publicUrl)}`;
    const running = this.signing.get(name);
    if (running) return running;
    const started = this.lookThenSign(standing, ttl).finally(() => this.signing.delete(name));
    this.signing.set(name, started);
    return started;
  }

  /** Looks once more: a signature may have ended between the first look and now. */
  private async lookThenSign(standing: Standing, ttl: number): Promise<StoredToken> {
    return (await this.fresh(standing, ttl)) ?? this.sign(standing, ttl);
  }

  private async sign(standing: Standing, ttl: number): Promise<StoredToken> {
    const now = this.clock.now();
    const claims = claimsOf(standing, this.config.publicUrl, newId(), ttl, now);
    const { token } = await this.bus.send(SignToken, { purpose: 'license_token', claims });
    const made: StoredToken = {
      user_id: standing.user_id,
      ttl,
      version: standing.version,
      states: statementOf(standing, this.config.publicUrl),
      token,
      issued_at: new Date(claims.iat * 1000),
      expires_at: new Date(claims.exp * 1000),
    };
    return this.tokens.keep(made, now, staleBefore(now));
  }
}
