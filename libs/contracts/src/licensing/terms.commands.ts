import { command } from '../command.js';
import { OneOf, Text, Timestamp } from '../fields.js';
import { NotFound, ValidationFailed } from '../general.errors.js';
import { LicenseRecord, LicenseRevoked, ONE_LINE, TIERS, type Tier } from './licenses.commands.js';
import { LicenseSuspended } from './renewals.commands.js';

export class SetLicenseTermsRequest {
  @Text({ max: 191, pattern: ONE_LINE, description: 'Order that the license was minted for.' }) order!: string;
  @OneOf(TIERS) tier!: Tier;
  @Timestamp({ description: 'Until when its sales have paid; what was given otherwise comes on top.' })
  expires_at!: string;
}

export const SetLicenseTerms = command('licensing.license.set_terms', {
  request: SetLicenseTermsRequest,
  response: LicenseRecord,
  errors: [ValidationFailed, NotFound, LicenseRevoked],
  permission: 'apps',
  callers: ['fulfillment'],
  summary: 'Makes tier and end of a license those that a subscription has paid for; the same again changes nothing.',
});

export class RenewalOrderRequest {
  @Text({ max: 191, pattern: ONE_LINE, description: 'Order that paid for the renewal.' }) order!: string;
}

export const UseRenewal = command('licensing.renewal.use', {
  request: RenewalOrderRequest,
  response: LicenseRecord,
  errors: [NotFound, LicenseRevoked, LicenseSuspended],
  permission: 'apps',
  callers: ['fulfillment'],
  summary: 'Renews the license that an order has paid for, at once; again changes nothing.',
});

export const WithdrawRenewal = command('licensing.renewal.withdraw', {
  request: RenewalOrderRequest,
  response: LicenseRecord,
  errors: [NotFound],
  permission: 'apps',
  callers: ['fulfillment'],
  summary: 'Takes back the renewal that an order had paid for, as its money was; again changes nothing.',
});
