import { error } from '#contracts';

export const CrossSiteRefused = error(
  'cross_site_refused',
  'forbidden',
  'Requests from this site may not act with a person’s cookies.',
);
export const UnsupportedGrantType = error('unsupported_grant_type', 'invalid', 'This grant type is not supported.');
export const MfaRequired = error('mfa_required', 'invalid', 'A second factor is needed.');
