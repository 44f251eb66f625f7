import { command } from '../command.js';
import { EmailAddress, Int, NestedList, OneOf, Text, Timestamp, Uuid } from '../fields.js';
import { IdempotencyKeyReused, NotFound, ValidationFailed } from '../general.errors.js';
import { error } from '../errors.js';
import { ExactlyOne } from '../exactly-one.js';
import { pattern } from '../patterns.js';

export const TIERS = ['lite', 'core', 'pro', 'enterprise'] as const;
export type Tier = (typeof TIERS)[number];
export const LICENSE_STATUSES = ['active', 'suspended', 'revoked', 'expired'] as const;
export type LicenseStatus = (typeof LICENSE_STATUSES)[number];

/**
 * One printable line: no control characters, no line separators, no half surrogates, not blank. What ends in a
 * signed blob, a mail header or a text column must not bring its own line breaks.
 */
export const ONE_LINE = pattern(/^(?=.*\S)[^\p{Cc}\p{Cs}\u2028\u2029]+$/u, 'one line of text that is not blank');

export const LicenseRevoked = error('license_revoked', 'conflict', 'The license is revoked.');

@ExactlyOne('years', 'expires_at')
export class MintLicenseRequest {
  @Text({ max: 128, pattern: ONE_LINE }) name!: string;
  @EmailAddress() email!: string;
  @OneOf(TIERS) tier!: Tier;
  @Int({ optional: true, min: 1, max: 100, description: 'Years from now; give either this or `expires_at`.' })
  years?: number;
  @Timestamp({ optional: true }) expires_at?: string;
  @Text({ optional: true, max: 2000, pattern: pattern(/^[^\u0000\p{Cs}]*$/u, 'text without NUL characters') })
  notes?: string;
  @Text({
    optional: true,
    max: 191,
    pattern: ONE_LINE,
    description: 'Order that paid for it; one order makes one license.',
  })
  order?: string;
  @Text({
    optional: true,
    max: 128,
    pattern: ONE_LINE,
    description: 'From the header `Idempotency-Key`; kept for 24 hours.',
  })
  idempotency_key?: string;
}

export class License {
  @Text({ max: 64 }) license_key!: string;
  @OneOf(TIERS) tier!: Tier;
  @Timestamp() issued_at!: string;
  @Timestamp() expires_at!: string;
  @OneOf(LICENSE_STATUSES) status!: LicenseStatus;
}

/** A license as internal callers see it. */
export class LicenseRecord extends License {
  @Text({ max: 128 }) name!: string;
  @EmailAddress() email!: string;
  @Text({ max: 8192 }) blob!: string;
  @Text({ nullable: true, max: 191 }) gumroad_order_id!: string | null;
  @Timestamp({ nullable: true }) revoked_at!: string | null;
  @Text({ nullable: true, max: 255 }) revoked_reason!: string | null;
  @Timestamp({ nullable: true }) suspended_at!: string | null;
  @Text({ nullable: true, max: 255, description: 'E.g. a dispute about its order.' }) suspended_reason!: string | null;
  @Text({ nullable: true, max: 2000 }) notes!: string | null;
  @Uuid({ nullable: true }) user_id!: string | null;
}

export const MintLicense = command('licensing.license.mint', {
  request: MintLicenseRequest,
  response: LicenseRecord,
  errors: [ValidationFailed, IdempotencyKeyReused],
  permission: 'internal:licenses.mint',
  callers: ['gateway', 'fulfillment'],
  summary: 'Makes a license and its signed blob; the same order or idempotency key gives the same license.',
});

@ExactlyOne('license_key', 'gumroad_order_id')
export class RevokeLicenseRequest {
  @Text({ optional: true, max: 64, pattern: ONE_LINE }) license_key?: string;
  @Text({ optional: true, max: 191, pattern: ONE_LINE }) gumroad_order_id?: string;
  @Text({ optional: true, max: 255, pattern: ONE_LINE }) reason?: string;
}

export const RevokeLicense = command('licensing.license.revoke', {
  request: RevokeLicenseRequest,
  response: LicenseRecord,
  errors: [ValidationFailed, NotFound],
  permission: 'internal:licenses.revoke',
  callers: ['gateway', 'fulfillment'],
  summary: 'Revokes a license for good; again gives the same answer.',
});

export class SuspendLicenseRequest {
  @Text({ max: 191, pattern: ONE_LINE }) gumroad_order_id!: string;
  @Text({ max: 255, pattern: ONE_LINE }) reason!: string;
}

export const SuspendLicense = command('licensing.license.suspend', {
  request: SuspendLicenseRequest,
  response: LicenseRecord,
  errors: [NotFound, LicenseRevoked],
  permission: 'apps',
  callers: ['fulfillment'],
  summary: 'Takes a license out of force while its order is disputed.',
});

export class RestoreLicenseRequest {
  @Text({ max: 191, pattern: ONE_LINE }) gumroad_order_id!: string;
}

export const RestoreLicense = command('licensing.license.restore', {
  request: RestoreLicenseRequest,
  response: LicenseRecord,
  errors: [NotFound, LicenseRevoked],
  permission: 'apps',
  callers: ['fulfillment'],
  summary: 'Puts a suspended license back in force; no effect on an active one.',
});

export class ReadLicenseRequest {
  @Text({ max: 64, pattern: ONE_LINE }) license_key!: string;
}

export const ReadLicense = command('licensing.license.read', {
  request: ReadLicenseRequest,
  response: LicenseRecord,
  errors: [NotFound],
  permission: 'apps',
  callers: ['fulfillment'],
  summary: 'One license whole, for the mail that delivers it.',
});

export class SearchLicensesRequest {
  @EmailAddress({ optional: true }) email?: string;
  @Text({ optional: true, max: 64, pattern: ONE_LINE }) license_key?: string;
  @Text({ optional: true, max: 64, pattern: ONE_LINE, description: 'The same as `license_key`.' }) key?: string;
  @Text({ optional: true, max: 191, pattern: ONE_LINE }) order?: string;
  @Text({ optional: true, max: 191, pattern: ONE_LINE, description: 'The same as `order`.' }) gumroad_order_id?: string;
  @OneOf(TIERS, { optional: true }) tier?: Tier;
  @OneOf(LICENSE_STATUSES, { optional: true }) status?: LicenseStatus;
  @Text({ optional: true, max: 512, description: '`next_cursor` of the page before.' }) cursor?: string;
  @Int({ optional: true, min: 1, max: 200, description: 'Default 50.' }) limit?: number;
}

export class LicensePage {
  @NestedList(() => LicenseRecord) licenses!: LicenseRecord[];
  @Text({ nullable: true, max: 512 }) next_cursor!: string | null;
}

export const SearchLicenses = command('licensing.license.search', {
  request: SearchLicensesRequest,
  response: LicensePage,
  errors: [ValidationFailed],
  permission: 'internal:licenses.read',
  summary: 'Looks licenses up by address, key, order, tier or status, newest first.',
});
