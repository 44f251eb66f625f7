import { command } from '../command.js';
import { Empty } from '../empty.js';
import { Flag, Int, SecretText, Text, TextList, Timestamp } from '../fields.js';
import {
  InvalidToken,
  Overloaded,
  RateLimited,
  TokenInvalid,
  UnknownClient,
  ValidationFailed,
} from '../general.errors.js';
import { GrantNotAllowed, InvalidCredentials } from './identity.errors.js';
import { MfaAlreadyEnabled, MfaCodeInvalid, MfaNotEnabled } from './mfa.errors.js';
import { SignedIn } from './tokens.js';
import { pattern } from '../patterns.js';

/** Seconds since the last sign-in within which a factor may be changed (R-MF4, R-SE7). */
const FRESH = 300;

/** Six digits of an authenticator, or a recovery code as it was shown; blanks and dashes do not count. */
const CODE = {
  max: 64,
  pattern: pattern(/^[0-9A-Za-z -]+$/, 'digits and letters only'),
  description: 'Six digits, or a recovery code.',
};

export class LoginMfaRequest {
  @SecretText({ max: 1024 }) mfa_token!: string;
  @SecretText(CODE) code!: string;
}

export const LoginMfa = command('identity.session.login_mfa', {
  request: LoginMfaRequest,
  response: SignedIn,
  errors: [
    ValidationFailed,
    TokenInvalid,
    MfaCodeInvalid,
    RateLimited,
    InvalidCredentials,
    UnknownClient,
    GrantNotAllowed,
    Overloaded,
  ],
  permission: 'anyone',
  summary: 'Ends a sign-in that asked for a second factor. A wrong code leaves the token as it is, within a budget.',
});

export class ReauthenticateRequest {
  @SecretText({ optional: true, min: 0, max: 1024 }) password?: string;
  @SecretText({ optional: true, ...CODE }) code?: string;
}

export const Reauthenticate = command('identity.session.reauthenticate', {
  request: ReauthenticateRequest,
  response: SignedIn,
  errors: [
    ValidationFailed,
    InvalidToken,
    InvalidCredentials,
    MfaCodeInvalid,
    RateLimited,
    UnknownClient,
    GrantNotAllowed,
    Overloaded,
  ],
  permission: 'user',
  timeoutMs: 8_000,
  summary:
    'Step-up: shows a credential again and gets a fresh session in place of the present one, for what needs a sign-in of the last minutes.',
});

export class MfaStatus {
  @Flag() enabled!: boolean;
  @Timestamp({ nullable: true }) enabled_at!: string | null;
  @TextList() methods!: string[];
  @Int({ min: 0 }) recovery_codes_left!: number;
}

export const ReadMfa = command('identity.mfa.read', {
  request: Empty,
  response: MfaStatus,
  errors: [InvalidToken],
  permission: 'user',
  summary: 'Whether the caller’s account asks for a second factor, and which it has.',
});

export class MfaSetup {
  @SecretText({ max: 128, description: 'Base32 (RFC 4648); shown this once.' }) secret!: string;
  @SecretText({ max: 1024, description: '`otpauth://totp/…`, what the QR code says.' }) otpauth_url!: string;
  @SecretText({ max: 65_536, description: 'The QR code, an SVG image.' }) qr_svg!: string;
}

export const SetupMfa = command('identity.mfa.setup', {
  request: Empty,
  response: MfaSetup,
  errors: [InvalidToken, MfaAlreadyEnabled],
  permission: 'user',
  freshAuth: FRESH,
  summary: 'A new secret for an authenticator app. It counts from the first right code; setting up again replaces it.',
});

export class VerifyMfaRequest {
  @Text({ max: 16, pattern: pattern(/^[0-9 -]+$/, 'digits only'), description: 'Six digits.' }) code!: string;
}

export class RecoveryCodes {
  @TextList({ description: 'Each works once, in place of the authenticator. Shown this once.' })
  recovery_codes!: string[];
}

export const VerifyMfa = command('identity.mfa.verify', {
  request: VerifyMfaRequest,
  response: RecoveryCodes,
  errors: [ValidationFailed, InvalidToken, MfaAlreadyEnabled, MfaNotEnabled, MfaCodeInvalid, RateLimited],
  permission: 'user',
  summary: 'Switches two-step sign-in on with the first code of the authenticator, and gives ten recovery codes.',
});

export class PasswordAgain {
  @SecretText({ min: 0, max: 1024 }) password!: string;
}

const AFTER_PASSWORD = [ValidationFailed, InvalidToken, InvalidCredentials, MfaNotEnabled, RateLimited, Overloaded];

export const DisableMfa = command('identity.mfa.disable', {
  request: PasswordAgain,
  response: Empty,
  errors: AFTER_PASSWORD,
  permission: 'user',
  timeoutMs: 8_000,
  summary: 'Switches two-step sign-in off, after the password again.',
});

export const RenewRecoveryCodes = command('identity.mfa.renew_codes', {
  request: PasswordAgain,
  response: RecoveryCodes,
  errors: AFTER_PASSWORD,
  permission: 'user',
  timeoutMs: 8_000,
  summary: 'Ten new recovery codes, after the password again; the old ones are void.',
});
