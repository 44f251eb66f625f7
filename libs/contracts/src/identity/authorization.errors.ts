import { error } from '../errors.js';

export const ClientAuthenticationFailed = error(
  'client_authentication_failed',
  'unauthenticated',
  'The client could not be authenticated.',
);
export const InvalidScope = error('invalid_scope', 'invalid', 'The scope is unknown or more than the client has.');
export const InsufficientScope = error('insufficient_scope', 'forbidden', 'The token’s scope does not cover this.');
export const InvalidGrant = error(
  'invalid_grant',
  'invalid',
  'The code is not valid, was used before, or was issued to another client.',
);
export const RedirectNotRegistered = error(
  'redirect_not_registered',
  'invalid',
  'The application asked to return to an address that is not registered for it.',
);
export const AuthorizationRequestOver = error(
  'authorization_request_over',
  'invalid',
  'This sign-in request is over; start again at the application.',
);
