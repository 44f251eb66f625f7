import { discard, StoreHttp, type Query } from '../store-http.js';
import type { JsonObject } from './json-reader.js';

/** Said of an id that the store has nothing (any more). */
const NO_SUCH = new Set([404, 410]);

/** What is read of a store that signs its webhooks: lists, and single things that it may not have. */
export class StoreApi {
  private readonly http: StoreHttp;

  /** @param headers sent with every request, the key among them */
  constructor(baseUrl: string, headers: Record<string, string>) {
    this.http = new StoreHttp({ baseUrl, headers, credential: 'API key' });
  }

  /** @throws StorefrontUnreachable, also when there is no such thing */
  async get(path: string, query: Query = {}): Promise<JsonObject> {
    return this.http.read(await this.http.ask(path, query));
  }

  /**
   * @returns null when the store knows no such thing
   * @throws StorefrontUnreachable
   */
  async find(path: string, query: Query = {}): Promise<JsonObject | null> {
    const response = await this.http.ask(path, query);
    if (!NO_SUCH.has(response.status)) return this.http.read(response);
    await discard(response);
    return null;
  }
}
