import { NoAnswerError, ProblemError, problemIn } from './errors.js';

/** How long a request may take before it counts as unanswered. */
const PATIENCE_MS = 10_000;

/**
 * What may stand behind the base address. `@elsewhere`, `.elsewhere` or a second slash would name another host, which would
 * be sent the access token.
 */
const IS_PATH = /^\/(?![/\\\s])/;

/** Where Gatehouse is, and who asks. */
export interface HttpOptions {
  /** Origin of the gateway, with or without a path in front of `/v1`. */
  baseUrl: string;
  /** Id of the client application; left out, the server's default client. */
  clientId?: string;
  /** Instead of the global one. */
  fetch?: typeof fetch;
}

/** Requests to the gateway: JSON in and out, errors as `ProblemError` or `NoAnswerError`. */
export class Http {
  readonly baseUrl: string;
  private readonly fetch: typeof fetch;

  constructor(private readonly options: HttpOptions) {
    this.baseUrl = options.baseUrl.replace(/\/+$/, '');
    this.fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  }

  get clientId(): string | undefined {
    return this.options.clientId;
  }

  /** The bare answer, whatever its status. The time-out covers its head only: the body of a stream may take forever. */
  send(path: string, init: RequestInit = {}): Promise<Response> {
    return this.patiently(path, init, (signal) => this.ask(path, init, signal));
  }

  /** The answer's JSON, or undefined when it has no body. @throws ProblemError for any answer but 2xx */
  json<T>(path: string, init: RequestInit = {}): Promise<T> {
    return this.patiently(path, init, async (signal) => bodyOf<T>(await this.ask(path, init, signal)));
  }

  private ask(path: string, init: RequestInit, signal: AbortSignal): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.clientId !== undefined) headers.set('x-client-id', this.clientId);
    // Cookies of the gateway are its refresh tokens: pages of other origins send them, too.
    return this.fetch(this.baseUrl + path, { credentials: 'include', ...init, headers, signal });
  }

  private async patiently<T>(path: string, init: RequestInit, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (!IS_PATH.test(path)) throw new TypeError('a path begins with one slash');
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
    try {
      return await work(init.signal ? AbortSignal.any([init.signal, patience.signal]) : patience.signal);
    } catch (error) {
      if (init.signal?.aborted) throw init.signal.reason;
      if (error instanceof ProblemError) throw error;
      throw new NoAnswerError(`no answer to ${init.method ?? 'GET'} ${path}`, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }
}

/** @throws ProblemError for any answer but 2xx; other errors when the body did not arrive whole */
export async function bodyOf<T>(response: Response): Promise<T> {
  if (!response.ok) throw await problemIn(response);
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

export const jsonBody = (method: string, body: object): RequestInit => ({
  method,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
