import type { FulfillmentConfig } from '../fulfillment.config.js';
import { GumroadApi } from './gumroad/gumroad-api.js';
import { GumroadStorefront } from './gumroad/gumroad-storefront.js';
import { LemonSqueezyStorefront } from './lemon-squeezy/lemon-squeezy-storefront.js';
import { PaddleStorefront } from './paddle/paddle-storefront.js';
import type { Storefront } from './storefront.js';
import { StripeStorefront } from './stripe/stripe-storefront.js';

const SIGNED = { lemonsqueezy: LemonSqueezyStorefront, paddle: PaddleStorefront, stripe: StripeStorefront } as const;

/** An adapter for every store that the configuration names. */
export function configuredStorefronts(config: FulfillmentConfig): Storefront[] {
  const token = config.gumroadConfirm ? config.gumroadAccessToken : undefined;
  const api = token ? new GumroadApi(config.gumroadApiUrl, token) : null;
  const signed = (['lemonsqueezy', 'paddle', 'stripe'] as const).flatMap((store) => {
    const settings = config.settingsOf(store);
    return settings ? [new SIGNED[store](settings)] : [];
  });
  return [new GumroadStorefront(config.gumroadWebhookSecrets, config.publicUrl, api), ...signed];
}
