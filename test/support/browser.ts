import type { DevInfo } from '#local';
import { call, CookieJar, type Answer } from './http.js';
import type { Newcomer } from './people.js';

/** Where a browser has come to: a page of ours, or the address of somebody else that it was sent to. */
export interface Visit {
  url: URL;
  /** Absent when the browser has left. */
  page?: Answer;
}

const ENTITIES: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };
const unescaped = (text: string): string => text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity]!);

/** A browser without scripts: follows redirects of ours, keeps cookies, sends the forms it is shown. */
export class Browser {
  readonly jar = new CookieJar();

  constructor(private readonly dev: DevInfo) {}

  /** Opens a link, as from another site. */
  open(url: URL | string): Promise<Visit> {
    return this.go('GET', new URL(url, this.dev.public_url), {}, { 'sec-fetch-site': 'cross-site' });
  }

  /** Sends the form of a page, with what a person types into it. */
  submit({ url, page }: Visit, typed: Record<string, string> = {}): Promise<Visit> {
    const html = String(page?.body);
    const action = /<form[^>]* action="([^"]+)"/.exec(html)?.[1];
    if (!action) throw new Error(`there is no form at ${url.pathname}: ${html}`);
    const fields = [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
    const form = Object.fromEntries(fields.map(([, name, value]) => [unescaped(name!), unescaped(value!)]));
    const own = { origin: url.origin, 'sec-fetch-site': 'same-origin' };
    return this.go('POST', new URL(unescaped(action), url), { ...form, ...typed }, own);
  }

  signIn(visit: Visit, who: Newcomer): Promise<Visit> {
    return this.submit(visit, { login: who.email, password: who.password });
  }

  private async go(
    method: string,
    url: URL,
    form: Record<string, string>,
    headers: Record<string, string>,
  ): Promise<Visit> {
    if (url.origin !== new URL(this.dev.public_url).origin) return { url };
    const page = await call(method, url.href, { ...(method === 'POST' ? { form } : {}), headers, jar: this.jar });
    const location = page.headers.get('location');
    return location ? this.go('GET', new URL(location, url), {}, headers) : { url, page };
  }
}
