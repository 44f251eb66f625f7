import { startLemonSqueezyStandIn } from '../lemon-squeezy/lemon-squeezy-stand-in.js';
import { startPaddleStandIn } from '../paddle/paddle-stand-in.js';
import { startStripeStandIn } from '../stripe/stripe-stand-in.js';
import type { SignedStandIn, SignedStandInOptions } from './signed-stand-in.js';
import type { SigningStoresConfig } from './signing-stores.config.js';

/** Starts the stand-ins of the stores that sign, each on its own port. */
export function startSigningStores(config: SigningStoresConfig): Promise<SignedStandIn[]> {
  const optionsOf = (store: 'lemonsqueezy' | 'paddle' | 'stripe'): SignedStandInOptions => ({
    port: config[`${store}Port`],
    apiKey: config[`${store}ApiKey`],
    webhookUrl: config[`${store}WebhookUrl`],
    webhookSecret: config[`${store}WebhookSecret`],
    retryScale: config.storesRetryScale,
  });
  return Promise.all([
    startLemonSqueezyStandIn(optionsOf('lemonsqueezy')),
    startPaddleStandIn(optionsOf('paddle')),
    startStripeStandIn(optionsOf('stripe')),
  ]);
}
