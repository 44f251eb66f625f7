import type { CachedLicenseToken } from './license-tokens.repository.js';

const DAY_MS = 86_400_000;

/** How good a kept license token is: `fresh` is handed out, `usable` only when licensing cannot be asked. */
export type LicenseTokenState = 'fresh' | 'usable' | 'stale';

/**
 * @param entitlementVersion version of the entitlement that the account's plan columns state
 * @param now Unix milliseconds
 */
export function stateOf(
  cached: CachedLicenseToken | undefined | null,
  entitlementVersion: number,
  now: number,
): LicenseTokenState {
  if (!cached || cached.entitlement_version < entitlementVersion || Date.parse(cached.expires_at) <= now)
    return 'stale';
  return Date.parse(cached.issued_at) > now - DAY_MS ? 'fresh' : 'usable';
}
