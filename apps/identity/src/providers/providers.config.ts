import { DataAppConfig, EnvFile, EnvFlag, EnvInt, EnvSecret, EnvText, EnvUrl, type ConfigProblem } from '#boot';

const ENDPOINTS = {
  GITHUB_URL: 'githubUrl',
  GITHUB_API_URL: 'githubApiUrl',
  GOOGLE_ISSUER: 'googleIssuer',
  GOOGLE_AUTHORIZE_URL: 'googleAuthorizeUrl',
  GOOGLE_TOKEN_URL: 'googleTokenUrl',
  GOOGLE_JWKS_URL: 'googleJwksUrl',
  TWITCH_URL: 'twitchUrl',
  STEAM_OPENID_URL: 'steamOpenidUrl',
} as const;

const REGISTRATIONS = [
  ['GITHUB', 'githubClientId', 'githubClientSecret'],
  ['GOOGLE', 'googleClientId', 'googleClientSecret'],
  ['TWITCH', 'twitchClientId', 'twitchClientSecret'],
] as const;

/**
 * What identity is told about sign-in providers. A provider without a client id is not set up. Endpoints are the
 * providers’ own; they change for tests and the development profile only.
 */
export class ProvidersConfig extends DataAppConfig {
  @EnvText('GITHUB_CLIENT_ID', { default: '', description: 'Of the OAuth app at GitHub; empty: no such sign-in.' })
  githubClientId!: string;

  @EnvSecret('GITHUB_CLIENT_SECRET', { default: '' })
  githubClientSecret!: string;

  @EnvUrl('GITHUB_URL', { default: 'https://github.com' })
  githubUrl!: string;

  @EnvUrl('GITHUB_API_URL', { default: 'https://api.github.com' })
  githubApiUrl!: string;

  @EnvText('GOOGLE_CLIENT_ID', { default: '', description: 'Of the OAuth client at Google; empty: no such sign-in.' })
  googleClientId!: string;

  @EnvSecret('GOOGLE_CLIENT_SECRET', { default: '' })
  googleClientSecret!: string;

  @EnvUrl('GOOGLE_ISSUER', { default: 'https://accounts.google.com', description: '`iss` of Google’s ID tokens.' })
  googleIssuer!: string;

  @EnvUrl('GOOGLE_AUTHORIZE_URL', { default: 'https://accounts.google.com/o/oauth2/v2/auth' })
  googleAuthorizeUrl!: string;

  @EnvUrl('GOOGLE_TOKEN_URL', { default: 'https://oauth2.googleapis.com/token' })
  googleTokenUrl!: string;

  @EnvUrl('GOOGLE_JWKS_URL', { default: 'https://www.googleapis.com/oauth2/v3/certs' })
  googleJwksUrl!: string;

  @EnvText('TWITCH_CLIENT_ID', { default: '', description: 'Of the application at Twitch; empty: no such sign-in.' })
  twitchClientId!: string;

  @EnvSecret('TWITCH_CLIENT_SECRET', { default: '' })
  twitchClientSecret!: string;

  @EnvUrl('TWITCH_URL', { default: 'https://id.twitch.tv/oauth2', description: 'Issuer of Twitch’s ID tokens.' })
  twitchUrl!: string;

  @EnvFlag('STEAM_SIGN_IN', { default: false, description: 'Whether people may sign in with Steam.' })
  steamSignIn!: boolean;

  @EnvUrl('STEAM_OPENID_URL', { default: 'https://steamcommunity.com/openid/login' })
  steamOpenidUrl!: string;

  @EnvUrl('FRONTEND_STAND_IN_URL', {
    optional: true,
    description: 'Development profile only: the page where sign-ins end that ask for no other.',
  })
  frontendStandInUrl?: string;

  @EnvInt('PROVIDER_TIMEOUT_MS', {
    default: 5_000,
    min: 100,
    max: 15_000,
    description: 'For one answer of a provider.',
  })
  providerTimeoutMs!: number;

  @EnvInt('WALLET_CHAIN_ID', { default: 1, min: 1, description: 'The chain that messages to wallets name (EIP-155).' })
  walletChainId!: number;

  @EnvFile('EXTENSION_SECRETS_FILE', {
    optional: true,
    private: true,
    description:
      'JSON: by `secret_ref` of a client’s extension, its base64 secret, or two while one is being replaced.',
  })
  extensionSecretsFile?: string;

  /** Checks value against value. */
  verify(): ConfigProblem[] {
    const halves = REGISTRATIONS.filter(([, id, secret]) => !this[id] !== !this[secret]).map(([name, id]) => ({
      name: `${name}_CLIENT_${this[id] ? 'SECRET' : 'ID'}`,
      wrong: 'is missing',
      fix: `Set both ${name}_CLIENT_ID and ${name}_CLIENT_SECRET, or neither.`,
    }));
    const open = Object.entries(ENDPOINTS).filter(([, key]) => this.profile === 'production' && isPlain(this[key]));
    const fix = 'Set it to an https address, or leave it out: the provider’s own is the default.';
    const strangers = this.profile === 'production' && this.frontendStandInUrl !== undefined ? [NO_STAND_IN] : [];
    return [...halves, ...open.map(([name]) => ({ name, wrong: 'is no https address', fix })), ...strangers];
  }
}

const NO_STAND_IN: ConfigProblem = {
  name: 'FRONTEND_STAND_IN_URL',
  wrong: 'is set, but people would not return to the client’s frontend',
  fix: 'Leave it out; it is for the development profile only.',
};

const isPlain = (url: string): boolean => !url.startsWith('https://');
