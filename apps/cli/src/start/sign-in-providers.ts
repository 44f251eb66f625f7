/** What Gatehouse is registered with at the stand-ins. */
const REGISTRATION = { client_id: 'gatehouse-development', client_secret: 'known to everybody' };

/** What identity is told, so that people sign in with the stand-ins below `url` instead of the providers. */
export const providersOf = (url: string): NodeJS.ProcessEnv => ({
  GITHUB_URL: `${url}/github`,
  GITHUB_API_URL: `${url}/github/api`,
  GOOGLE_ISSUER: `${url}/google`,
  GOOGLE_AUTHORIZE_URL: `${url}/google/authorize`,
  GOOGLE_TOKEN_URL: `${url}/google/token`,
  GOOGLE_JWKS_URL: `${url}/google/certs`,
  TWITCH_URL: `${url}/twitch`,
  STEAM_OPENID_URL: `${url}/steam/openid/login`,
  STEAM_SIGN_IN: 'true',
  FRONTEND_STAND_IN_URL: `${url}/arrival`,
  ...Object.fromEntries(
    ['GITHUB', 'GOOGLE', 'TWITCH'].flatMap((name) => [
      [`${name}_CLIENT_ID`, REGISTRATION.client_id],
      [`${name}_CLIENT_SECRET`, REGISTRATION.client_secret],
    ]),
  ),
});

/** What the secrets service is told, so that channels are connected at the stand-in. */
export const connectorsOf = (url: string): NodeJS.ProcessEnv => ({
  YOUTUBE_CLIENT_ID: REGISTRATION.client_id,
  YOUTUBE_CLIENT_SECRET: REGISTRATION.client_secret,
  YOUTUBE_AUTHORIZE_URL: `${url}/youtube/authorize`,
  YOUTUBE_TOKEN_URL: `${url}/youtube/token`,
  YOUTUBE_REVOKE_URL: `${url}/youtube/revoke`,
  YOUTUBE_API_URL: `${url}/youtube/api`,
});

/** What the stand-ins are told about that. */
export const standInProviders = (port: number, extensionSecrets: Record<string, string>): NodeJS.ProcessEnv => {
  const [extensionSecret] = Object.values(extensionSecrets);
  return {
    PROVIDERS_PORT: String(port),
    PROVIDERS_CLIENT_ID: REGISTRATION.client_id,
    PROVIDERS_CLIENT_SECRET: REGISTRATION.client_secret,
    ...(extensionSecret && { EXTENSION_SECRET: extensionSecret }),
  };
};
