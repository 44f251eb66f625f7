import { EnvInt, EnvNumber, EnvSecret, EnvUrl } from '#boot';

const PORT = { max: 65_535, description: 'The store’s API and controls; 0 takes a free port.' } as const;

/** Where the stores that sign listen, and whom they tell. */
export class SigningStoresConfig {
  @EnvInt('LEMONSQUEEZY_PORT', PORT)
  lemonsqueezyPort!: number;

  @EnvSecret('LEMONSQUEEZY_API_KEY')
  lemonsqueezyApiKey!: string;

  @EnvUrl('LEMONSQUEEZY_WEBHOOK_URL')
  lemonsqueezyWebhookUrl!: string;

  @EnvSecret('LEMONSQUEEZY_WEBHOOK_SECRET')
  lemonsqueezyWebhookSecret!: string;

  @EnvInt('PADDLE_PORT', PORT)
  paddlePort!: number;

  @EnvSecret('PADDLE_API_KEY')
  paddleApiKey!: string;

  @EnvUrl('PADDLE_WEBHOOK_URL')
  paddleWebhookUrl!: string;

  @EnvSecret('PADDLE_WEBHOOK_SECRET')
  paddleWebhookSecret!: string;

  @EnvInt('STRIPE_PORT', PORT)
  stripePort!: number;

  @EnvSecret('STRIPE_API_KEY')
  stripeApiKey!: string;

  @EnvUrl('STRIPE_WEBHOOK_URL')
  stripeWebhookUrl!: string;

  @EnvSecret('STRIPE_WEBHOOK_SECRET')
  stripeWebhookSecret!: string;

  @EnvNumber('STORES_RETRY_SCALE', { default: 1, max: 10, description: 'Factor on the stores’ pauses between tries.' })
  storesRetryScale!: number;
}
