import { SignJWT } from 'jose';
import { serveHttp, type StandInAnswer, type StandInRequest, type StandInRoutes } from '../http/http-stand-in.js';
import { arrivalPage } from './arrival-page.js';
import { Desk, type Registration, type Trouble } from './desk.js';
import { githubRoutes } from './github-routes.js';
import { OpenIdKeys, openIdRoutes } from './openid-routes.js';
import { PROVIDERS, type Provider } from './person.js';
import { SteamRoutes } from './steam-routes.js';
import { YoutubeStandIn } from './youtube-routes.js';

const HTML = 'text/html; charset=utf-8';

export interface ProvidersStandInOptions {
  port?: number;
  registration: Registration;
  /** The base64 secret with which tokens of the extension are signed; without it there are none. */
  extensionSecret?: string;
}

/** Running stand-ins for GitHub, Google, Twitch and Steam. Tests of the same process may look behind the desk. */
export interface ProvidersStandIn {
  url: string;
  desk: Desk;
  close(): Promise<void>;
}

/** Starts all four behind one address, each below its own name, with the controls of the person who signs in. */
export async function startProvidersStandIn(options: ProvidersStandInOptions): Promise<ProvidersStandIn> {
  const desk = new Desk(options.registration);
  const keys = await OpenIdKeys.make();
  let url = '';
  const steam = new SteamRoutes(desk, () => `${url}/steam/openid/login`);
  const youtube = new YoutubeStandIn(options.registration);
  const controls = controlRoutes(desk, options.extensionSecret);
  const http = await serveHttp(
    {
      ...githubRoutes(desk),
      ...openIdRoutes(desk, keys, { provider: 'google', issuer: () => `${url}/google`, token: 'token', jwks: 'certs' }),
      ...openIdRoutes(desk, keys, { provider: 'twitch', issuer: () => `${url}/twitch`, token: 'token', jwks: 'keys' }),
      ...steam.routes(),
      ...youtube.routes(),
      ...controls,
      'GET /': () => ({ json: { stand_in_for: PROVIDERS, controls: Object.keys(controls) } }),
      'GET /arrival': ({ query }) => ({ content: arrivalPage(query), type: HTML }),
      'GET /health/live': () => ({ json: { status: 'ok' } }),
    },
    options.port ?? 0,
  );
  url = http.url;
  return { url, desk, close: () => http.close() };
}

function controlRoutes(desk: Desk, secret: string | undefined): StandInRoutes {
  return {
    'POST /_control/profile': ({ body }) => ({ json: desk.seat(body) }),
    'POST /_control/trouble': ({ body: { provider, ...trouble } }) => {
      const chosen = PROVIDERS.filter((p) => provider === undefined || provider === p);
      for (const p of chosen) desk.troubles.set(p as Provider, trouble as Trouble);
      return { status: 204 };
    },
    'POST /_control/extension-token': (request) => extensionToken(request, secret),
  };
}

/** The token that Twitch gives a viewer’s extension; any claim can be set. */
async function extensionToken({ body }: StandInRequest, secret: string | undefined): Promise<StandInAnswer> {
  if (!secret) return { status: 404, json: { error: 'there is no extension' } };
  const user_id = String(body['user_id'] ?? '1001');
  const claims = {
    exp: Math.floor(Date.now() / 1_000) + 3_600,
    opaque_user_id: `U${user_id}`,
    user_id,
    channel_id: '424242',
    role: 'viewer',
    is_unlinked: false,
    ...body,
  };
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(new Uint8Array(Buffer.from(secret, 'base64')));
  return { status: 201, json: { token } };
}
