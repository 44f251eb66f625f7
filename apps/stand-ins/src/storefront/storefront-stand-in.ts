import { serveHttp } from '../http/http-stand-in.js';
import { apiRoutes } from './api-routes.js';
import { ControlRoutes } from './control-routes.js';
import { Pinger } from './pinger.js';
import { Shop } from './shop.js';
import { SubscriptionRoutes } from './subscription-routes.js';

export interface StorefrontStandInOptions {
  port?: number;
  /** The whole webhook URL, secret included; without it nobody is pinged. */
  pingUrl?: string;
  /** The API token that is accepted; without it, any is. */
  accessToken?: string;
  /** Factor on Gumroad's retry pauses of 60, 180 and 600 s. */
  retryScale?: number;
}

/** A running shop. Tests of the same process may look into its books. */
export interface StorefrontStandIn {
  url: string;
  shop: Shop;
  close(): Promise<void>;
}

/** Starts Gumroad's stand-in: API, controls, pings. */
export async function startStorefrontStandIn(options: StorefrontStandInOptions = {}): Promise<StorefrontStandIn> {
  const shop = new Shop(options.pingUrl);
  const pinger = new Pinger(options.retryScale);
  const controls = { ...new ControlRoutes(shop, pinger).routes(), ...new SubscriptionRoutes(shop, pinger).routes() };
  const routes = {
    ...apiRoutes(shop, options.accessToken),
    ...controls,
    'GET /': () => ({ json: { stand_in_for: 'Gumroad', api: '/v2', controls: Object.keys(controls) } }),
    'GET /health/live': () => ({ json: { status: 'ok' } }),
  };
  const http = await serveHttp(routes, options.port ?? 0);
  return {
    url: http.url,
    shop,
    close: () => {
      pinger.close();
      return http.close();
    },
  };
}
