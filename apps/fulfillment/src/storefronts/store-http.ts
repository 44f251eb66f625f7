import { textWithin } from '#boot';
import type { JsonObject } from './signed/json-reader.js';
import { StorefrontUnreachable } from './storefront.js';

const TIMEOUT_MS = 4_000;
/** Far more than a page of orders has. */
const MOST_BYTES = 8_388_608;

export type Query = Record<string, string | undefined>;

/** Where a store's API is, and how it knows who asks. */
export interface StoreAccess {
  baseUrl: string;
  /** Sent with every request, the credential among them. */
  headers: Record<string, string>;
  /** What the store calls the credential, for who has to look at it. */
  credential: string;
}

/** A store's JSON API. Everything that is no answer of the API itself is worth another try. */
export class StoreHttp {
  constructor(private readonly access: StoreAccess) {}

  /**
   * @returns whatever the store answers, to be read or discarded
   * @throws StorefrontUnreachable
   */
  async ask(path: string, query: Query = {}, init: RequestInit = {}): Promise<Response> {
    const url = new URL(`${this.access.baseUrl}/${path}`);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.append(name, value);
    const headers = { accept: 'application/json', ...this.access.headers };
    try {
      return await fetch(url, { ...init, headers, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch (error) {
      throw unreachable(error);
    }
  }

  /** @throws StorefrontUnreachable for every answer that is no JSON object of a success */
  async read(response: Response): Promise<JsonObject> {
    if (!response.ok) {
      await discard(response);
      throw new StorefrontUnreachable(`The store's API answered with status ${this.explained(response.status)}`);
    }
    try {
      const answer: unknown = JSON.parse(await textWithin(response, MOST_BYTES));
      if (typeof answer === 'object' && answer !== null && !Array.isArray(answer)) return answer as JsonObject;
    } catch (error) {
      throw unreachable(error);
    }
    throw notItsJson();
  }

  private explained(status: number): string {
    return status === 401 || status === 403 ? `${status}; is the ${this.access.credential} right?` : String(status);
  }
}

/** Lets go of an answer that nobody reads. */
export async function discard(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => undefined);
}

export const notItsJson = (): StorefrontUnreachable =>
  new StorefrontUnreachable("The store's API answered with something else than its own JSON");

function unreachable(error: unknown): StorefrontUnreachable {
  const slow = error instanceof Error && error.name === 'TimeoutError';
  return new StorefrontUnreachable(slow ? "The store's API did not answer in time" : "The store's API is unreachable", {
    cause: error,
  });
}
