import { Injectable } from '@nestjs/common';
import { textWithin } from '#boot';
import { ProviderProblem } from './provider.js';
import { ProvidersConfig } from './providers.config.js';

/** Far more than any answer of a provider has. */
const MAX_BYTES = 256 * 1024;

/** An answer, read to its end. */
export interface Answer {
  status: number;
  text: string;
}

/**
 * Requests to providers: to configured hosts and no others, without following redirects, within a time and a size
 * (R-OC7, R-OC9). Whatever goes wrong is one and the same problem to the person: the provider failed.
 */
@Injectable()
export class Outbound {
  private readonly origins: ReadonlySet<string>;
  private readonly timeoutMs: number;

  constructor(config: ProvidersConfig) {
    const { githubUrl, githubApiUrl, googleTokenUrl, googleJwksUrl, twitchUrl, steamOpenidUrl } = config;
    const urls = [githubUrl, githubApiUrl, googleTokenUrl, googleJwksUrl, twitchUrl, steamOpenidUrl];
    this.origins = new Set(urls.filter(Boolean).map((url) => new URL(url).origin));
    this.timeoutMs = config.providerTimeoutMs;
  }

  /** @throws ProviderProblem when there is no answer, or one that is no JSON object or list */
  async json(url: string, init: RequestInit = {}): Promise<{ status: number; body: unknown }> {
    const { status, text } = await this.text(url, {
      ...init,
      headers: { accept: 'application/json', ...init.headers },
    });
    try {
      return { status, body: JSON.parse(text) as unknown };
    } catch {
      throw new ProviderProblem('provider_failed', `${hostOf(url)} answered ${status} with something that is no JSON`);
    }
  }

  /** @throws ProviderProblem when there is no whole answer in time */
  async text(url: string, init: RequestInit = {}): Promise<Answer> {
    if (!this.origins.has(new URL(url).origin)) {
      throw new ProviderProblem('provider_failed', `${hostOf(url)} is no configured provider`);
    }
    try {
      const signal = AbortSignal.timeout(this.timeoutMs);
      const response = await fetch(url, { ...init, signal, redirect: 'error' });
      return { status: response.status, text: await textWithin(response, MAX_BYTES) };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new ProviderProblem('provider_failed', `${hostOf(url)} gave no answer: ${why}`);
    }
  }
}

const hostOf = (url: string): string => new URL(url).host;
