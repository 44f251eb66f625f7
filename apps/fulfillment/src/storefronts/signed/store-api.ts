import { StorefrontUnreachable } from '../storefront.js';
import type { JsonObject } from './json-reader.js';

const TIMEOUT_MS = 4_000;
/** Said of an id that the store has nothing (any more). */
const NO_SUCH = new Set([404, 410]);

export type Query = Record<string, string | undefined>;

/** A store's JSON API. Everything that is no answer of the API itself is worth another try. */
export class StoreApi {
  /** @param headers sent with every request, the key among them */
  constructor(
    private readonly baseUrl: string,
    private readonly headers: Record<string, string>,
  ) {}

  /** @throws StorefrontUnreachable, also when there is no such thing */
  async get(path: string, query: Query = {}): Promise<JsonObject> {
    const found = await this.find(path, query, new Set());
    if (!found) throw new StorefrontUnreachable("The store's API has no such resource");
    return found;
  }

  /**
   * @returns null when the store knows no such thing
   * @throws StorefrontUnreachable
   */
  async find(path: string, query: Query = {}, none: ReadonlySet<number> = NO_SUCH): Promise<JsonObject | null> {
    const url = new URL(`${this.baseUrl}/${path}`);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.append(name, value);
    const response = await this.ask(url);
    if (response.ok) return this.read(response);
    await response.body?.cancel().catch(() => undefined);
    if (none.has(response.status)) return null;
    const hint = response.status === 401 || response.status === 403 ? '; is the API key right?' : '';
    throw new StorefrontUnreachable(`The store's API answered with status ${response.status}${hint}`);
  }

  private async ask(url: URL): Promise<Response> {
    try {
      const headers = { accept: 'application/json', ...this.headers };
      return await fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch (error) {
      throw unreachable(error);
    }
  }

  private async read(response: Response): Promise<JsonObject> {
    try {
      const answer: unknown = await response.json();
      if (typeof answer === 'object' && answer !== null && !Array.isArray(answer)) return answer as JsonObject;
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
