import { DataAppConfig, EnvList, EnvSecret, EnvUrl, type ConfigProblem } from '#boot';

const SECRETS = {
  optional: true,
  secret: true,
  pattern: /^[\x21-\x7e]{16,512}$/,
  description: 'Signing secrets of the webhook that are accepted: the current one, and the previous while they change.',
} as const;
const KEY = {
  optional: true,
  min: 16,
  max: 512,
  description: 'API key that may read; nothing more is needed.',
} as const;

/** A store that signs what it sends: all of it or nothing is set. */
export interface StoreSettings {
  apiUrl: string;
  apiKey: string;
  secrets: readonly string[];
}

/** The stores that sell for us besides Gumroad, each of them optional. */
export class StorefrontsConfig extends DataAppConfig {
  @EnvUrl('LEMONSQUEEZY_API_URL', {
    default: 'https://api.lemonsqueezy.com',
    description: 'Lemon Squeezy’s API, without `/v1`.',
  })
  lemonsqueezyApiUrl!: string;

  @EnvSecret('LEMONSQUEEZY_API_KEY', KEY)
  lemonsqueezyApiKey?: string;

  @EnvList('LEMONSQUEEZY_WEBHOOK_SECRETS', SECRETS)
  lemonsqueezyWebhookSecrets?: readonly string[];

  @EnvUrl('PADDLE_API_URL', {
    default: 'https://api.paddle.com',
    description: 'Paddle’s API; sales of its sandbox are tests.',
  })
  paddleApiUrl!: string;

  @EnvSecret('PADDLE_API_KEY', KEY)
  paddleApiKey?: string;

  @EnvList('PADDLE_WEBHOOK_SECRETS', SECRETS)
  paddleWebhookSecrets?: readonly string[];

  @EnvUrl('STRIPE_API_URL', { default: 'https://api.stripe.com', description: 'Stripe’s API, without `/v1`.' })
  stripeApiUrl!: string;

  @EnvSecret('STRIPE_API_KEY', KEY)
  stripeApiKey?: string;

  @EnvList('STRIPE_WEBHOOK_SECRETS', SECRETS)
  stripeWebhookSecrets?: readonly string[];

  /** What a store needs to be asked and believed; null when it is not configured. */
  settingsOf(store: 'lemonsqueezy' | 'paddle' | 'stripe'): StoreSettings | null {
    const apiKey = this[`${store}ApiKey`];
    const secrets = this[`${store}WebhookSecrets`] ?? [];
    return apiKey && secrets.length ? { apiUrl: this[`${store}ApiUrl`], apiKey, secrets } : null;
  }

  /** What is wrong with the settings of a store, as the environment names them. */
  protected storeProblems(store: 'lemonsqueezy' | 'paddle' | 'stripe'): ConfigProblem[] {
    const name = store.toUpperCase();
    const [key, secrets] = [Boolean(this[`${store}ApiKey`]), Boolean(this[`${store}WebhookSecrets`]?.length)];
    const wrong = 'is missing although the other half is set';
    const fix = `Set both ${name}_API_KEY and ${name}_WEBHOOK_SECRETS, or neither.`;
    if (key !== secrets) return [{ name: key ? `${name}_WEBHOOK_SECRETS` : `${name}_API_KEY`, wrong, fix }];
    if (this.profile !== 'production' || this[`${store}ApiUrl`].startsWith('https:')) return [];
    const https = 'Set it to the store’s own API; a stand-in belongs into the development profile.';
    return [{ name: `${name}_API_URL`, wrong: 'is not https in production', fix: https }];
  }
}
