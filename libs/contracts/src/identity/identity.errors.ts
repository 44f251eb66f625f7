import { error } from '../errors.js';

export const InvalidCredentials = error(
  'invalid_credentials',
  'unauthenticated',
  'The sign-in name or the password is wrong.',
);
export const EmailTaken = error('email_taken', 'conflict', 'There is an account with this e-mail address.');
export const UsernameTaken = error('username_taken', 'conflict', 'This username is taken.');
export const PasswordTooWeak = error('password_too_weak', 'invalid', 'This password is too easy to guess.');
export const RefreshTokenInvalid = error('refresh_token_invalid', 'unauthenticated', 'The refresh token is not valid.');
export const RefreshTokenExpired = error('refresh_token_expired', 'unauthenticated', 'The refresh token has expired.');
export const RefreshTokenReused = error(
  'refresh_token_reused',
  'unauthenticated',
  'The refresh token was used before; the session has ended.',
);
export const GrantNotAllowed = error(
  'grant_not_allowed',
  'forbidden',
  'This client application may not use this way in.',
);
export const EmailAlreadyVerified = error(
  'email_already_verified',
  'conflict',
  'The e-mail address is verified already.',
);
