import { command } from '../command.js';
import { Empty } from '../empty.js';
import { ExactlyOne } from '../exactly-one.js';
import { Flag, Nested, OneOf, Text, TextList, Timestamp } from '../fields.js';
import { ValidationFailed } from '../general.errors.js';
import { LICENSE_STATUSES, TIERS, type LicenseStatus, type Tier } from './licenses.commands.js';

/** What a license may be found to be, online. */
export const VALIDATION_CODES = [
  'VALID',
  'EXPIRED',
  'SUSPENDED',
  'REVOKED',
  'UNKNOWN_KEY',
  'SUPERSEDED',
  'MALFORMED',
  'BAD_SIGNATURE',
  'KEY_RETIRED',
  'KEY_COMPROMISED',
  'WRONG_PRODUCT',
  'WRONG_ISSUER',
  'NOT_YET_VALID',
] as const;
export type ValidationCode = (typeof VALIDATION_CODES)[number];

@ExactlyOne('license_key', 'blob')
export class ValidateLicenseRequest {
  @Text({ optional: true, max: 64, description: 'License key, as people type it. Give either this or `blob`.' })
  license_key?: string;
  @Text({ optional: true, max: 8192, description: 'License file: `DTLIC2:…`.' }) blob?: string;
  @Text({ optional: true, max: 64, description: 'The product that asks; a license for another is `WRONG_PRODUCT`.' })
  product?: string;
}

/** A license without the person: whoever finds a key learns nothing of its owner. */
export class ValidatedLicense {
  @Text({ max: 64 }) license_key!: string;
  @OneOf(TIERS) tier!: Tier;
  @TextList() features!: string[];
  @Timestamp() issued_at!: string;
  @Timestamp() expires_at!: string;
  @OneOf(LICENSE_STATUSES) status!: LicenseStatus;
}

export class LicenseValidation {
  @Flag() valid!: boolean;
  @OneOf(VALIDATION_CODES) code!: ValidationCode;
  @Text({ max: 512, description: 'A sentence for the person who asks.' }) detail!: string;
  @Nested(() => ValidatedLicense, { optional: true }) license?: ValidatedLicense;
}

export const ValidateLicense = command('licensing.license.validate', {
  request: ValidateLicenseRequest,
  response: LicenseValidation,
  errors: [ValidationFailed],
  permission: 'anyone',
  concurrency: 128,
  summary: 'Whether a license is in force, by its key or its file. No personal data in, none out.',
});

export class SignedRevocations {
  @Text({ max: 1_000_000, description: '`DTCRL1:…`' }) list!: string;
}

export const ReadRevocations = command('licensing.revocation_list.read', {
  request: Empty,
  response: SignedRevocations,
  permission: 'anyone',
  summary: 'The signed, numbered list of licenses that are out of force, for applications that check offline.',
});
