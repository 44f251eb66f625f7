import { randomBytes } from 'node:crypto';
import {
  FinishProvider,
  StartProvider,
  StartProviderLink,
  type CallbackParameter,
  type FinishedProvider,
  type ProviderName,
  type StartProviderRequest,
  type UserActor,
} from '#contracts';
import { startProvidersStandIn, type ProvidersStandIn } from '../../stand-ins/src/providers/providers-stand-in.js';
import type { IdentityConfig } from '../src/identity.config.js';
import { IdentityApp } from './identity-app.js';

const REGISTRATION = { client_id: 'gatehouse-development', client_secret: 'the secret of a stand-in' };

/** What identity has to be told to use the stand-ins. */
export function configFor(url: string): Partial<Omit<IdentityConfig, 'verify'>> {
  const { client_id: id, client_secret: secret } = REGISTRATION;
  return {
    ...{
      githubClientId: id,
      githubClientSecret: secret,
      githubUrl: `${url}/github`,
      githubApiUrl: `${url}/github/api`,
    },
    ...{ googleClientId: id, googleClientSecret: secret, googleIssuer: `${url}/google` },
    googleAuthorizeUrl: `${url}/google/authorize`,
    googleTokenUrl: `${url}/google/token`,
    googleJwksUrl: `${url}/google/certs`,
    ...{ twitchClientId: id, twitchClientSecret: secret, twitchUrl: `${url}/twitch` },
    ...{ steamSignIn: true, steamOpenidUrl: `${url}/steam/openid/login` },
    ...{ providerTimeoutMs: 15_000, walletChainId: 1 },
  };
}

/** Identity with the stand-ins for all providers. */
export async function identityWithProviders(more: Partial<Omit<IdentityConfig, 'verify'>> = {}) {
  const providers = await startProvidersStandIn({ registration: REGISTRATION });
  const app = await IdentityApp.start({ ...configFor(providers.url), ...more });
  const stop = async (): Promise<void> => {
    await app.stop();
    await providers.close();
  };
  return { app, providers, stop };
}

type Terms = Partial<Omit<StartProviderRequest, 'provider' | 'browser'>> & { actor?: UserActor };

/** A browser that goes to providers and comes back, with a secret of its own as the gateway gives it. */
export class ProviderBrowser {
  readonly secret = randomBytes(32).toString('base64url');

  constructor(
    private readonly app: IdentityApp,
    private readonly providers: ProvidersStandIn,
  ) {}

  /** The address of the provider. */
  async start(provider: ProviderName, { actor, ...terms }: Terms = {}): Promise<string> {
    const input = { provider, browser: this.secret, client_id: 'player-client', ...terms };
    const command = actor ? StartProviderLink : StartProvider;
    return (await this.app.ask(command, input, { actor })).authorize_url;
  }

  /** What the provider sends back with the browser. */
  async visit(authorizeUrl: string): Promise<CallbackParameter[]> {
    const answer = await fetch(authorizeUrl, { redirect: 'manual' });
    const location = answer.headers.get('location');
    if (!location) throw new Error(`the provider answered ${answer.status} ${await answer.text()}`);
    return [...new URL(location).searchParams].map(([name, value]) => ({ name, value }));
  }

  finish(provider: ProviderName, parameters: CallbackParameter[], browser = this.secret): Promise<FinishedProvider> {
    return this.app.ask(FinishProvider, { provider, parameters, browser }, { timeoutMs: 20_000 });
  }

  /** There and back. */
  async signIn(provider: ProviderName, terms: Terms = { register: true }): Promise<FinishedProvider> {
    return this.finish(provider, await this.visit(await this.start(provider, terms)));
  }

  /** Seats somebody at a provider. */
  seat(provider: ProviderName, person: Record<string, unknown>): void {
    this.providers.desk.seat({ provider, ...person });
  }
}

/** The same parameters with some of them changed; `null` leaves one out. */
export const altered = (
  parameters: CallbackParameter[],
  changes: Record<string, string | null>,
): CallbackParameter[] => [
  ...parameters.filter(({ name }) => !(name in changes)),
  ...Object.entries(changes).flatMap(([name, value]) => (value === null ? [] : [{ name, value }])),
];
