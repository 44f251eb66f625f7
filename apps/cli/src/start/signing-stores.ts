import type { State } from '../state/state.js';
import { derivedSecret } from './derived-secret.js';

/** The stores that sign what they send; each has a stand-in of its own. */
export const SIGNING_STORES = ['lemonsqueezy', 'paddle', 'stripe'] as const;

interface Wiring {
  ports: { public: number; of(name: string): number };
  state: State;
}

const secretOf = ({ state }: Wiring, store: string, purpose: string): string =>
  derivedSecret(state, `${store} ${purpose}`);

const urlOf = ({ ports }: Wiring, store: string): string => `http://127.0.0.1:${ports.of(store)}`;

const forEach = (env: (store: string, name: string) => NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.assign({}, ...SIGNING_STORES.map((store) => env(store, store.toUpperCase()))) as NodeJS.ProcessEnv;

/** What fulfillment is told, so that the stand-ins sell for it. */
export const storesOf = (wiring: Wiring): NodeJS.ProcessEnv =>
  forEach((store, name) => ({
    [`${name}_API_URL`]: urlOf(wiring, store),
    [`${name}_API_KEY`]: secretOf(wiring, store, 'api key'),
    [`${name}_WEBHOOK_SECRETS`]: secretOf(wiring, store, 'webhook secret'),
  }));

/** What the stand-ins are told about that. */
export const standInStores = (wiring: Wiring): NodeJS.ProcessEnv =>
  forEach((store, name) => ({
    [`${name}_PORT`]: String(wiring.ports.of(store)),
    [`${name}_API_KEY`]: secretOf(wiring, store, 'api key'),
    [`${name}_WEBHOOK_URL`]: `http://127.0.0.1:${wiring.ports.public}/webhooks/${store}`,
    [`${name}_WEBHOOK_SECRET`]: secretOf(wiring, store, 'webhook secret'),
  }));

/** Where the stand-ins are and what they sign with, for dev.json. */
export const storeInfo = (wiring: Wiring): Record<string, { url: string; webhook_secret: string }> =>
  Object.fromEntries(
    SIGNING_STORES.map((store) => [
      store,
      { url: urlOf(wiring, store), webhook_secret: secretOf(wiring, store, 'webhook secret') },
    ]),
  );
