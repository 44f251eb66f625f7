import { event } from '../event.js';
import { Int, OneOf, Text, TextList, Timestamp, Uuid } from '../fields.js';
import { ChangePlanRequest } from './entitlements.commands.js';

export class LicenseIssuedData {
  @Text({ max: 64 }) license_key!: string;
  @Text({ max: 32 }) tier!: string;
  @Text({ nullable: true, max: 191 }) order!: string | null;
}
export const LicenseIssued = event('licensing.license.issued', {
  data: LicenseIssuedData,
  publicName: 'license.issued',
  listeners: ['licensing', 'fulfillment', 'identity'],
  summary: 'A license was minted: its mail is sent and its owner’s account is looked for.',
});

export class LicenseStatusChangedData {
  @Text({ max: 64 }) license_key!: string;
  @OneOf(['revoked', 'suspended', 'restored', 'assigned']) change!: string;
  @Text({ nullable: true, max: 255 }) reason!: string | null;
}
export const LicenseStatusChanged = event('licensing.license.changed', {
  data: LicenseStatusChangedData,
  publicName: 'license.changed',
  listeners: ['fulfillment', 'identity'],
  summary: 'A license was revoked, suspended, restored or given to an account.',
});

export class EntitlementChangedData {
  @Uuid() user_id!: string;
  @Text({ max: 64 }) plan!: string;
  @TextList() features!: string[];
  @Timestamp({ nullable: true }) expires_at!: string | null;
  @Int({ min: 0, description: 'Grows with every change; an older one never replaces a newer.' }) version!: number;
}
export const EntitlementChanged = event('licensing.entitlement.changed', {
  data: EntitlementChangedData,
  publicName: 'license.entitlement_changed',
  listeners: ['identity'],
  summary: 'What a person may use has changed.',
});

export class EntitlementCheckedData {
  @Uuid() user_id!: string;
  @Text({ max: 64 }) plan!: string;
}
export const EntitlementChecked = event('licensing.entitlement.checked', {
  data: EntitlementCheckedData,
  publicName: 'license.entitlement_check',
  listeners: ['identity'],
  summary: 'A client asked what its person may use.',
});

export class LicenseClaimedData {
  @Uuid() user_id!: string;
  @Text({ max: 64 }) plan!: string;
}
export const LicenseClaimed = event('licensing.claim.accepted', {
  data: LicenseClaimedData,
  publicName: 'license.claim',
  listeners: ['identity'],
  summary: 'A person claimed a free plan.',
});

/** `event_id`, `user_id`, `plan`, `features?`, `effective_at`, `expires_at?`. */
export class BillingPlanChangedData extends ChangePlanRequest {}

export const BillingPlanChanged = event('billing.plan.changed', {
  data: BillingPlanChangedData,
  publicName: 'billing.plan_changed',
  producers: ['billing'],
  listeners: ['licensing'],
  idField: 'event_id',
  summary: 'The billing system moved a person to another plan.',
});
