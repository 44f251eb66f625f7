import { command } from '../command.js';
import { error } from '../errors.js';
import { EmailAddress, Flag, Int, NestedList, OneOf, Text, Timestamp } from '../fields.js';
import { NotFound, ValidationFailed } from '../general.errors.js';
import { License, LicenseRecord, LicenseRevoked, LICENSE_STATUSES, ONE_LINE, TIERS } from './licenses.commands.js';

export const RenewalNotPaid = error(
  'renewal_not_paid',
  'payment_required',
  'The license is not renewed without an order that pays for it.',
);
export const LicenseSuspended = error('license_suspended', 'conflict', 'The license is suspended.');

export class RenewLicenseRequest {
  @Text({ max: 64, pattern: ONE_LINE }) license_key!: string;
  @EmailAddress({ description: 'Address of the buyer who asks; a license of anybody else is not found.' })
  email!: string;
}

export const RenewLicense = command('licensing.license.renew', {
  request: RenewLicenseRequest,
  response: LicenseRecord,
  errors: [NotFound, LicenseRevoked, LicenseSuspended, RenewalNotPaid],
  permission: 'apps',
  callers: ['fulfillment'],
  summary: 'Gives a license a fresh expiry and a new blob when there is a right to it; again gives the same blob.',
});

export class GrantRenewalRequest {
  @Text({ max: 64, pattern: ONE_LINE }) license_key!: string;
  @Text({ max: 191, pattern: ONE_LINE, description: 'Order that paid for it; one order renews once.' }) order!: string;
  @Int({ optional: true, min: 1, max: 100, description: 'Default: as the tier’s policy says.' }) years?: number;
}

export class RenewalRight {
  @Text({ max: 64 }) license_key!: string;
  @Text({ max: 191 }) order!: string;
  @Int({ min: 1, max: 100 }) years!: number;
  @Flag() used!: boolean;
}

export const GrantRenewal = command('licensing.renewal.grant', {
  request: GrantRenewalRequest,
  response: RenewalRight,
  errors: [ValidationFailed, NotFound, LicenseRevoked],
  permission: 'internal:licenses.mint',
  callers: ['gateway', 'fulfillment'],
  summary: 'Notes that an order paid for the renewal of a license; the same order again changes nothing.',
});

export class BuyerRequest {
  @EmailAddress() email!: string;
}

export class BuyerLicenses {
  @NestedList(() => License) licenses!: License[];
}

export const ListBuyerLicenses = command('licensing.license.list_of_buyer', {
  request: BuyerRequest,
  response: BuyerLicenses,
  permission: 'apps',
  callers: ['fulfillment'],
  summary: 'The licenses that were sold to an address.',
});

export class BlobHolder {
  @Text({ max: 64 }) license_key!: string;
  @OneOf(TIERS) tier!: string;
  @OneOf(LICENSE_STATUSES) status!: string;
  @Timestamp() expires_at!: string;
}

export class ListBlobHoldersRequest {
  @Text({ max: 64, pattern: ONE_LINE, description: 'Id of the key that signed.' }) kid!: string;
  @Text({ optional: true, max: 64, pattern: ONE_LINE }) cursor?: string;
  @Int({ optional: true, min: 1, max: 200 }) limit?: number;
}

export class BlobHolderPage {
  @Int({ min: 0, description: 'All of them, whatever the page.' }) total!: number;
  @NestedList(() => BlobHolder) holders!: BlobHolder[];
  @Text({ nullable: true, max: 64 }) next_cursor!: string | null;
}

export const ListBlobHolders = command('licensing.blob.list_holders', {
  request: ListBlobHoldersRequest,
  response: BlobHolderPage,
  permission: 'internal:licenses.read',
  summary: 'Licenses whose current blob was signed with one key.',
});

export class ReissueBlobsRequest {
  @Text({ max: 64, pattern: ONE_LINE, description: 'Id of the key whose blobs are replaced.' }) kid!: string;
  @Int({ optional: true, min: 1, max: 500, description: 'Default 100.' }) limit?: number;
  @Flag({ optional: true, description: 'Whether the holders are mailed their new blob; default no.' }) mail?: boolean;
}

export class ReissuedBlobs {
  @Int({ min: 0 }) reissued!: number;
  @Int({ min: 0, description: 'In force and still signed with the key.' }) remaining!: number;
}

export const ReissueBlobs = command('licensing.blob.reissue', {
  request: ReissueBlobsRequest,
  response: ReissuedBlobs,
  errors: [ValidationFailed],
  permission: 'internal:licenses.reissue',
  timeoutMs: 60_000,
  concurrency: 1,
  summary: 'Signs the blobs of licenses in force anew after a rotation, with the same expiry.',
});
