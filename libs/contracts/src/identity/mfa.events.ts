import { event } from '../event.js';
import { Int, OneOf, Uuid } from '../fields.js';

export class MfaChangedData {
  @Uuid() user_id!: string;
}
export const MfaEnabled = event('identity.mfa.enabled', {
  data: MfaChangedData,
  publicName: 'auth.mfa_enabled',
  summary: 'An account asks for a second factor from now on.',
});
export const MfaDisabled = event('identity.mfa.disabled', {
  data: MfaChangedData,
  publicName: 'auth.mfa_disabled',
  summary: 'An account no longer asks for a second factor.',
});
export const RecoveryCodesRenewed = event('identity.recovery_codes.renewed', {
  data: MfaChangedData,
  publicName: 'auth.recovery_codes_renewed',
  summary: 'An account has new recovery codes; the old ones are void.',
});

export class RecoveryCodeUsedData {
  @Uuid() user_id!: string;
  @Int({ min: 0 }) left!: number;
}
export const RecoveryCodeUsed = event('identity.recovery_code.used', {
  data: RecoveryCodeUsedData,
  publicName: 'auth.recovery_code_used',
  summary: 'A recovery code stood in for the second factor.',
});

export class MfaRefusedData {
  @Uuid() user_id!: string;
  @OneOf(['wrong_code', 'blocked', 'expired']) reason!: string;
}
export const MfaRefused = event('identity.mfa.refused', {
  data: MfaRefusedData,
  publicName: 'auth.mfa_failed',
  summary: 'A second factor was wrong.',
});
