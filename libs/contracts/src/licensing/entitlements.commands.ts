import { command } from '../command.js';
import { Empty } from '../empty.js';
import { AnyJson, Flag, Int, NestedList, OneOf, SecretText, Text, TextList, Timestamp, Uuid } from '../fields.js';
import { ValidationFailed } from '../general.errors.js';
import { License, ONE_LINE } from './licenses.commands.js';

/** Plans from the lowest to the highest; a claim or a sale never takes a person down this list. */
export const PLANS = ['free', 'renpy_free', 'lite', 'basic', 'core', 'pro', 'team', 'enterprise'] as const;
export type Plan = (typeof PLANS)[number];

/** What a person may use, and until when. */
export class Entitlement {
  @Text({ max: 64 }) plan!: string;
  @TextList() features!: string[];
  @OneOf(['unregistered', 'registered_free', 'licensed', 'expired', 'suspended']) status!: string;
  @Timestamp({ nullable: true }) expires_at!: string | null;
  @Int({ min: 0 }) max_offline_days!: number;
  @SecretText({ nullable: true, max: 8192 }) license_token!: string | null;
  @NestedList(() => License) licenses!: License[];
}

export const ReadEntitlement = command('licensing.entitlement.read', {
  request: Empty,
  response: Entitlement,
  permission: 'user',
  impersonation: 'allowed',
  summary: 'The caller’s plan, features and licenses, with a token that proves them offline.',
});

export class ClaimRenpyRequest {
  @AnyJson({
    optional: true,
    nullable: true,
    description: 'Whatever the client shows for its claim, a text as well; stored as it is, at most 16 KiB.',
  })
  evidence?: unknown;
}

export const ClaimRenpy = command('licensing.claim.renpy', {
  request: ClaimRenpyRequest,
  response: Entitlement,
  errors: [ValidationFailed],
  permission: 'user',
  summary: 'Gives the caller at least the plan `renpy_free`; always the same answer, never a lower plan.',
});

export class IssueLicenseTokenRequest {
  @Uuid() user_id!: string;
  @Int({ min: 60, description: 'Seconds the token lives.' }) ttl!: number;
}

export class IssuedLicenseToken {
  @SecretText({ max: 8192 }) license_token!: string;
  @Int({ min: 0, description: 'Version of the entitlement that it states.' }) version!: number;
  @Timestamp() issued_at!: string;
  @Timestamp() expires_at!: string;
}

export const IssueLicenseToken = command('licensing.license_token.issue', {
  request: IssueLicenseTokenRequest,
  response: IssuedLicenseToken,
  permission: 'apps',
  callers: ['identity'],
  summary:
    'A license token for the person’s present entitlement; the stored one while it says the same and is under a day old.',
});

export class ChangePlanRequest {
  @Text({ max: 128, pattern: ONE_LINE }) event_id!: string;
  @Uuid() user_id!: string;
  @OneOf(PLANS) plan!: Plan;
  @TextList({ optional: true, description: 'Default: the features of the plan.' }) features?: string[];
  @Timestamp() effective_at!: string;
  @Timestamp({ optional: true, nullable: true }) expires_at?: string | null;
}

export class PlanChangeAccepted {
  @Text({ max: 128 }) event_id!: string;
  @Flag({ description: 'True when this event had been applied before.' }) duplicate!: boolean;
}

export const ChangePlan = command('licensing.plan.change', {
  request: ChangePlanRequest,
  response: PlanChangeAccepted,
  errors: [ValidationFailed],
  permission: 'internal:billing.plan_changes',
  summary:
    'Applies a plan change of the billing system, once per event id; the twin of the event `billing.plan.changed`.',
});
