import { eventually } from './eventually.js';

/** An answer with its body read: JSON when it is JSON, else text. */
export interface Answer {
  status: number;
  headers: Headers;
  // A tour looks into whatever it is given.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers have as many shapes as there are routes
  body: any;
}

interface Options {
  token?: string;
  json?: unknown;
  form?: Record<string, string>;
  headers?: Record<string, string>;
  jar?: CookieJar;
}

/** Keeps cookies as a browser on localhost does: by name, until they are cleared. */
export class CookieJar {
  private readonly cookies = new Map<string, string>();

  take(headers: Headers): void {
    for (const line of headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
      const name = pair.slice(0, pair.indexOf('='));
      const gone = attributes.some((a) => /^max-age=0$/i.test(a));
      if (gone) this.cookies.delete(name);
      else this.cookies.set(name, pair.slice(pair.indexOf('=') + 1));
    }
  }

  get names(): string[] {
    return [...this.cookies.keys()];
  }

  get header(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }
}

/** One request as a plain client makes it. */
export async function call(method: string, url: string, options: Options = {}): Promise<Answer> {
  const headers: Record<string, string> = { ...options.headers };
  if (options.token) headers.authorization = `Bearer ${options.token}`;
  if (options.json !== undefined) headers['content-type'] = 'application/json';
  if (options.jar?.header) headers.cookie = options.jar.header;
  const body =
    options.json === undefined ? options.form && new URLSearchParams(options.form) : JSON.stringify(options.json);
  const response = await fetch(url, { method, headers, body, redirect: 'manual' });
  options.jar?.take(response.headers);
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, body: isJson && text ? JSON.parse(text) : text };
}

/** Asks again for as long as the answer is that the system is too busy, as it may be when many ask at once. */
export const answered = (ask: () => Promise<Answer>): Promise<Answer> =>
  eventually('an answer', 60_000, async () => {
    const answer = await ask();
    return answer.status === 503 ? undefined : answer;
  });
