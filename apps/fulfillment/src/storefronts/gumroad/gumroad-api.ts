import type { JsonObject } from '../signed/json-reader.js';
import { StorefrontUnreachable } from '../storefront.js';
import { notItsJson, StoreHttp, type Query } from '../store-http.js';

type Answer = JsonObject & { success: boolean };

/** Gumroad's API v2. */
export class GumroadApi {
  private readonly http: StoreHttp;

  /** @param baseUrl without `/v2` */
  constructor(baseUrl: string, accessToken: string) {
    const headers = { authorization: `Bearer ${accessToken}` };
    this.http = new StoreHttp({ baseUrl: `${baseUrl}/v2`, headers, credential: 'access token' });
  }

  /** A single thing, `success: false` when there is none. @throws StorefrontUnreachable */
  get(path: string, query: Query = {}): Promise<Answer> {
    return this.answer(this.http.ask(path, query));
  }

  /** A list, which there always is. @throws StorefrontUnreachable, also when the store says no */
  async list(path: string, query: Query = {}): Promise<Answer> {
    const answer = await this.get(path, query);
    if (!answer.success) throw new StorefrontUnreachable(`The store refused to list its ${path}`);
    return answer;
  }

  /** @throws StorefrontUnreachable */
  put(path: string, fields: Record<string, string>): Promise<Answer> {
    return this.answer(this.http.ask(path, {}, { method: 'PUT', body: new URLSearchParams(fields) }));
  }

  /** Whether it worked is said in the answer itself. */
  private async answer(asked: Promise<Response>): Promise<Answer> {
    const answer = await this.http.read(await asked);
    if (typeof answer['success'] !== 'boolean') throw notItsJson();
    return answer as Answer;
  }
}
