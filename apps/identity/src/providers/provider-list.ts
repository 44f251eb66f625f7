import { Injectable } from '@nestjs/common';
import { PROVIDERS, ProviderNotConfigured, type ProviderName } from '#contracts';
import { GitHub } from './github.js';
import { Google } from './google.js';
import type { Provider } from './provider.js';
import { Steam } from './steam.js';
import { Twitch } from './twitch.js';

/** The providers by name: the one place that lists them. */
@Injectable()
export class ProviderList {
  private readonly byName: Readonly<Record<ProviderName, Provider>>;

  constructor(github: GitHub, google: Google, twitch: Twitch, steam: Steam) {
    this.byName = { github, google, twitch, steam };
  }

  /** Those that people can sign in with, in the order of the contract. */
  configured(): ProviderName[] {
    return PROVIDERS.filter((name) => this.byName[name].configured);
  }

  /** @throws Refusal `provider_not_configured` */
  of(name: ProviderName): Provider {
    const provider = this.byName[name];
    if (!provider.configured) throw ProviderNotConfigured.with();
    return provider;
  }
}
