import { error } from './errors.js';

export const ValidationFailed = error('validation_failed', 'invalid', 'The request is not valid.');
export const UnknownClient = error('unknown_client', 'invalid', 'No such client application.');
export const TokenInvalid = error('token_invalid', 'invalid', 'The token is not valid or was used before.');
export const Unauthenticated = error('unauthenticated', 'unauthenticated', 'Authentication is needed.');
export const InvalidToken = error('invalid_token', 'unauthenticated', 'The access token is not valid.');
export const InsufficientUserAuthentication = error(
  'insufficient_user_authentication',
  'unauthenticated',
  'A fresh or stronger sign-in is needed.',
);
export const Forbidden = error('forbidden', 'forbidden', 'You may not do this.');
export const NotFound = error('not_found', 'not_found', 'There is nothing here.');
export const MethodNotAllowed = error('method_not_allowed', 'method_not_allowed', 'This path has no such method.');
export const Gone = error('gone', 'gone', 'This endpoint is gone.');
export const BodyTooLarge = error('body_too_large', 'too_large', 'The request body is too large.');
export const UnsupportedMediaType = error(
  'unsupported_media_type',
  'unsupported_media_type',
  'The request body has a media type that this endpoint does not read.',
);
export const UpgradeRequired = error('upgrade_required', 'upgrade_required', 'This endpoint speaks WebSocket only.');
export const IdempotencyKeyReused = error(
  'idempotency_key_reused',
  'unprocessable',
  'The idempotency key was used with another body.',
);
export const RateLimited = error('rate_limited', 'rate_limited', 'Too many requests.');
export const Overloaded = error('overloaded', 'unavailable', 'The service is busy; come back in a moment.');
export const Unavailable = error('unavailable', 'unavailable', 'The service cannot be reached at the moment.');
export const Internal = error('internal', 'internal', 'Something went wrong on our side.');
