const SIGN_INS = 'session\\.login|session\\.login_mfa|session\\.refresh|user\\.register';
const TOKEN_ANSWERS = `bus answer of cmd\\.gateway\\.identity\\.(${SIGN_INS})`;
const TOKEN_PAGES = 'http POST /v1/auth/(register|login|login/mfa|refresh)';

/**
 * Where a secret is meant to be, by its kind: the commands that are made to carry it, the answers to whoever it is for,
 * and the columns that keep it to hand it out again. What has no line is meant to be nowhere, and nothing is meant to be
 * in a log, in an event or on the broker’s disk.
 */
const MEANT: Record<string, string[]> = {
  'access token': [
    TOKEN_ANSWERS,
    TOKEN_PAGES,
    'bus answer of cmd\\.identity\\.secrets\\.token\\.sign',
    'bus answer of cmd\\.gateway\\.identity\\.service_token\\.issue',
    'http POST /oauth/token',
  ],
  'refresh token': [TOKEN_ANSWERS, TOKEN_PAGES, 'bus cmd\\.gateway\\.identity\\.session\\.refresh'],
  'license token': [
    TOKEN_ANSWERS,
    TOKEN_PAGES,
    'bus answer of cmd\\.licensing\\.secrets\\.token\\.sign',
    'bus answer of cmd\\.identity\\.licensing\\.license_token\\.issue',
    'table identity public\\.\\w+',
  ],
  'interim token': [
    'bus answer of cmd\\.gateway\\.identity\\.session\\.login',
    'http POST /v1/auth/login',
    'bus cmd\\.gateway\\.identity\\.session\\.login_mfa',
  ],
  'MFA seed': [
    'bus answer of cmd\\.gateway\\.identity\\.mfa\\.setup',
    'http POST /v1/auth/mfa/setup',
    'bus cmd\\.identity\\.secrets\\.sealed\\.seal',
    'bus answer of cmd\\.identity\\.secrets\\.sealed\\.open',
  ],
  'recovery code': [
    'bus answer of cmd\\.gateway\\.identity\\.mfa\\.verify',
    'http POST /v1/auth/mfa/verify',
    'bus cmd\\.gateway\\.identity\\.session\\.login_mfa',
  ],
  password: [`bus cmd\\.gateway\\.identity\\.(session\\.login|user\\.register|password\\.(confirm|reset))`],
  'mail token': [
    'bus answer of cmd\\.fulfillment\\.identity\\.mail_token\\.read',
    'bus cmd\\.gateway\\.identity\\.(email\\.verify|password\\.reset)',
  ],
  'portal token': [
    'bus cmd\\.gateway\\.fulfillment\\.portal\\.(open|list)',
    'bus answer of cmd\\.gateway\\.fulfillment\\.portal\\.open',
    'http POST /v1/portal/session',
  ],
  'reveal grant': [
    'bus answer of cmd\\.gateway\\.identity\\.password\\.confirm',
    'bus cmd\\.gateway\\.secrets\\.stream\\.reveal',
    'bus cmd\\.secrets\\.identity\\.grant\\.redeem',
  ],
  'stream key': [
    'bus cmd\\.gateway\\.secrets\\.stream\\.create',
    'bus answer of cmd\\.gateway\\.secrets\\.stream\\.(reveal|look_up)',
    'http POST /v1/auth/streams/[\\w-]+/reveal',
    'http GET /internal/users/[\\w-]+/streams',
  ],
  'chat source token': ['bus cmd\\.gateway\\.secrets\\.chat_source\\.create'],
  // A code of a provider, good once; the secret of the registration is not on the bus.
  'provider code': ['bus cmd\\.gateway\\.secrets\\.connector\\.finish_youtube'],
  'private key': ['bus cmd\\.gateway\\.secrets\\.key\\.import'],
  // What a store sends without a signature is proven by the secret in its path.
  'webhook secret: gumroad': ['bus cmd\\.gateway\\.fulfillment\\.storefront_event\\.record'],
  // A license is its owner’s, and its seller’s to be sent again.
  blob: [
    'bus answer of cmd\\.licensing\\.secrets\\.blob\\.sign(_all)?',
    'bus answer of cmd\\.fulfillment\\.licensing\\.license\\.(mint|read)',
    'bus answer of cmd\\.gateway\\.licensing\\.license\\.search',
    'http GET /internal/licenses',
    'table licensing public\\.licenses',
  ],
};

/** Whether a secret is meant to be at a place. */
export function meantFor(place: string, what: string): boolean {
  const places = MEANT[what] ?? MEANT[what.split(':')[0]!] ?? [];
  return places.some((one) => new RegExp(`^(?:${one})$`).test(place));
}
