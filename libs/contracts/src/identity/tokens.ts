import { Flag, Id, Int, Nested, OneOf, SecretText, Text, TextList, Timestamp } from '../fields.js';
import { User } from './user.js';

/** What a successful sign-in or refresh gives; `refresh_token` never reaches a cookie client's body. */
export class TokenSet {
  @SecretText({ max: 8192 }) access_token!: string;
  @OneOf(['Bearer']) token_type!: 'Bearer';
  @Int({ min: 1, description: 'Seconds until the access token expires.' }) expires_in!: number;
  @SecretText({ optional: true }) refresh_token?: string;
  @SecretText({ optional: true, max: 8192 }) license_token?: string;
  @Nested(() => User) user!: User;
}

/** A token set with what the gateway needs to deliver it as the client's policy says. */
export class IssuedTokens {
  @Nested(() => TokenSet) tokens!: TokenSet;
  @Text() client_id!: string;
  @Id() session_id!: string;
  @Timestamp({ description: 'When the refresh token ends: the life of its cookie.' }) refresh_expires_at!: string;
  @SecretText({ optional: true, max: 256, description: 'Of a sign-in: by it the device is known at the next one.' })
  device_token?: string;
}

/** Asks for the second factor: the password (or another first factor) was right, and is not enough. */
export class MfaChallenge {
  @Flag() mfa_required!: true;
  @SecretText({ max: 1024, description: 'Good for nothing but the second factor, once, for a few minutes.' })
  mfa_token!: string;
  @TextList({ description: 'Second factors that the account has: `totp`, `recovery_code`, `passkey`.' })
  methods!: string[];
}

/** How a sign-in ends: with tokens, or with the question for a second factor. Exactly one of the two is there. */
export class SignedIn {
  @Nested(() => IssuedTokens, { optional: true }) issued?: IssuedTokens;
  @Nested(() => MfaChallenge, { optional: true }) challenge?: MfaChallenge;
}
