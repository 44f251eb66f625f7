import { StorefrontUnreachable } from '../storefront.js';

const TIMEOUT_MS = 4_000;
type Answer = Readonly<Record<string, unknown>> & { success: boolean };

/** Gumroad's API v2. Everything that is no answer of the API itself is worth another try. */
export class GumroadApi {
  /** @param baseUrl without `/v2` */
  constructor(
    private readonly baseUrl: string,
    private readonly accessToken: string,
  ) {}

  /** @throws StorefrontUnreachable */
  get(path: string, query: Record<string, string | undefined> = {}): Promise<Answer> {
    const url = this.urlOf(path);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
    return this.answer(url);
  }

  /** @throws StorefrontUnreachable */
  put(path: string, fields: Record<string, string>): Promise<Answer> {
    return this.answer(this.urlOf(path), { method: 'PUT', body: new URLSearchParams(fields) });
  }

  private urlOf(path: string): URL {
    return new URL(`${this.baseUrl}/v2/${path}`);
  }

  private async answer(url: URL, init: RequestInit = {}): Promise<Answer> {
    const response = await this.ask(url, init);
    if (!response.ok) {
      const hint = response.status === 401 || response.status === 403 ? '; is the access token right?' : '';
      await response.body?.cancel().catch(() => undefined);
      throw new StorefrontUnreachable(`The store's API answered with status ${response.status}${hint}`);
    }
    return this.read(response);
  }

  private async ask(url: URL, init: RequestInit): Promise<Response> {
    try {
      const headers = { authorization: `Bearer ${this.accessToken}`, accept: 'application/json' };
      return await fetch(url, { ...init, headers, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch (error) {
      throw unreachable(error);
    }
  }

  private async read(response: Response): Promise<Answer> {
    try {
      const answer: unknown = await response.json();
      if (typeof (answer as Answer | null)?.success === 'boolean') return answer as Answer;
    } catch (error) {
      throw unreachable(error);
    }
    throw new StorefrontUnreachable("The store's API answered with something else than its own JSON");
  }
}

function unreachable(error: unknown): StorefrontUnreachable {
  const slow = error instanceof Error && error.name === 'TimeoutError';
  return new StorefrontUnreachable(slow ? "The store's API did not answer in time" : "The store's API is unreachable", {
    cause: error,
  });
}
