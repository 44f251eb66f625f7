import type { LicenseStatus, LicenseValidation, ValidatedLicense, ValidationCode } from '#contracts';

const OF_STATUS: Record<LicenseStatus, { code: ValidationCode; detail: string }> = {
  active: { code: 'VALID', detail: 'The license is in force.' },
  expired: { code: 'EXPIRED', detail: 'The license has expired.' },
  suspended: { code: 'SUSPENDED', detail: 'The license is suspended while its order is disputed.' },
  revoked: { code: 'REVOKED', detail: 'The license was withdrawn.' },
};

/** What a license that exists is found to be. */
export function standingOf(license: ValidatedLicense): LicenseValidation {
  const { code, detail } = OF_STATUS[license.status];
  return { valid: code === 'VALID', code, detail, license };
}

export const unknownKey = (): LicenseValidation => ({
  valid: false,
  code: 'UNKNOWN_KEY',
  detail: 'There is no license with this key.',
});
