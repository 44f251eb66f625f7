import type { Health } from '#boot';
import type { KeyProvider } from '../kek/key-provider.js';

/** Lets readiness tell whether key providers that keep a connection have it; they mend it when they are asked. */
export class ProviderHealth {
  constructor(health: Health, providers: readonly KeyProvider[]) {
    const checked = providers.filter((provider) => provider.check);
    if (!checked.length) return;
    health.register('key_provider', async () => {
      await Promise.all(checked.map((provider) => provider.check?.()));
    });
  }
}
