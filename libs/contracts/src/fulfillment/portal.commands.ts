import { command } from '../command.js';
import { Empty } from '../empty.js';
import { EmailAddress, NestedList, SecretText, Text, Timestamp } from '../fields.js';
import { NotFound, RateLimited, TokenInvalid, Unauthenticated } from '../general.errors.js';
import { License, LicenseRevoked, ONE_LINE } from '../licensing/licenses.commands.js';
import { LicenseSuspended, RenewalNotPaid } from '../licensing/renewals.commands.js';

export class RequestPortalLinkRequest {
  @EmailAddress() email!: string;
}

export const RequestPortalLink = command('fulfillment.portal.request_link', {
  request: RequestPortalLinkRequest,
  response: Empty,
  permission: 'anyone',
  summary: 'Mails a link to a buyer’s licenses, if there are any; the answer is always the same.',
});

export class OpenPortalRequest {
  @SecretText({ max: 128, description: 'From the fragment of the mailed link.' }) token!: string;
}

export class PortalSession {
  @SecretText({ max: 128 }) session!: string;
  @Timestamp() expires_at!: string;
}

export const OpenPortal = command('fulfillment.portal.open', {
  request: OpenPortalRequest,
  response: PortalSession,
  errors: [TokenInvalid],
  permission: 'anyone',
  summary: 'Turns the token of a mailed link into half an hour in the portal, once.',
});

export class PortalRequest {
  @SecretText({ min: 0, max: 128, description: 'From the portal’s cookie.' }) session!: string;
}

export class PortalLicenses {
  @NestedList(() => License) licenses!: License[];
}

export const ListPortalLicenses = command('fulfillment.portal.list', {
  request: PortalRequest,
  response: PortalLicenses,
  errors: [Unauthenticated],
  permission: 'anyone',
  summary: 'The buyer’s licenses.',
});

export class PortalLicenseRequest extends PortalRequest {
  @Text({ max: 64, pattern: ONE_LINE }) license_key!: string;
}

export const ResendPortalLicense = command('fulfillment.portal.resend', {
  request: PortalLicenseRequest,
  response: Empty,
  errors: [Unauthenticated, NotFound, LicenseRevoked, RateLimited],
  permission: 'anyone',
  summary: 'Mails a license to its buyer once more.',
});

export class RenewedLicense extends License {
  @Text({ max: 8192 }) blob!: string;
}

export const RenewPortalLicense = command('fulfillment.portal.renew', {
  request: PortalLicenseRequest,
  response: RenewedLicense,
  errors: [Unauthenticated, NotFound, LicenseRevoked, LicenseSuspended, RenewalNotPaid],
  permission: 'anyone',
  timeoutMs: 10_000,
  summary: 'Renews a license when its buyer has a right to it; again gives the same blob.',
});
