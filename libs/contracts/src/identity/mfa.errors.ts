import { error } from '../errors.js';

export const MfaAlreadyEnabled = error('mfa_already_enabled', 'conflict', 'Two-step sign-in is on already.');
export const MfaNotEnabled = error('mfa_not_enabled', 'conflict', 'Two-step sign-in is not on.');
export const MfaCodeInvalid = error('mfa_code_invalid', 'invalid', 'The code is wrong, or was used before.');
