import { StorefrontUnreachable } from '../storefront.js';
import type { GumroadApi } from './gumroad-api.js';

/** Notifications besides `sale`, which the ping URL of the account brings by itself. */
const NEEDED_RESOURCES = [
  'refund',
  'dispute',
  'dispute_won',
  'cancellation',
  'subscription_updated',
  'subscription_ended',
  'subscription_restarted',
];

/** The account's subscriptions to notifications: each is made on its own, and lost without a word. */
export class GumroadNotifications {
  /**
   * @param secrets of the ping URL, the current one first
   * @param publicUrl where the store reaches us
   */
  constructor(
    private readonly api: GumroadApi,
    private readonly secrets: readonly string[],
    private readonly publicUrl: string,
  ) {}

  /** Those that do not reach us: there is no subscription, or only one with a secret that is refused at our door. */
  async missing(): Promise<string[]> {
    const missing: string[] = [];
    for (const resource_name of NEEDED_RESOURCES) {
      const answer = await this.api.list('resource_subscriptions', { resource_name });
      const list = answer['resource_subscriptions'];
      if (!Array.isArray(list) || !list.some((one) => this.reachesUs(one))) missing.push(resource_name);
    }
    return missing;
  }

  async subscribe(resources: readonly string[]): Promise<void> {
    const post_url = `${this.publicUrl}/webhooks/gumroad/${encodeURIComponent(this.secrets[0]!)}`;
    for (const resource_name of resources) {
      const { success } = await this.api.put('resource_subscriptions', { resource_name, post_url });
      if (!success) throw new StorefrontUnreachable(`The store refused to notify us of ${resource_name}`);
    }
  }

  private reachesUs(subscription: unknown): boolean {
    const url = String((subscription as Record<string, unknown> | null)?.['post_url'] ?? '');
    return this.secrets.some((secret) => url.includes(secret) || url.includes(encodeURIComponent(secret)));
  }
}
