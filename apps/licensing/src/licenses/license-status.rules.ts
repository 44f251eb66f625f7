import type { LicenseStatus } from '#contracts';

/** The columns of a license that say whether it is in force. */
export interface LicenseStanding {
  expires_at: Date;
  revoked_at: Date | null;
  suspended_at: Date | null;
}

/** What a license is at a moment. Revoked is final, so it goes before everything; suspended before expired. */
export function statusOf(license: LicenseStanding, now: Date): LicenseStatus {
  if (license.revoked_at) return 'revoked';
  if (license.suspended_at) return 'suspended';
  return license.expires_at <= now ? 'expired' : 'active';
}
