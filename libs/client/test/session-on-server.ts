import type { IncomingMessage, ServerResponse } from 'node:http';

const COOKIE = 'refresh';

/**
 * A session as the server keeps it: refresh tokens `refresh-<generation>`, the last one before the current answered with the same
 * successor again, an older one ending the session as stolen; access tokens `access-<n>`.
 */
export class SessionOnServer {
  delivery: 'cookie' | 'body' = 'body';
  expiresIn = 900;
  generation = 0;
  ended = false;
  person = 'person-1';
  /** Every refresh token that was presented. */
  readonly presented: string[] = [];
  /** Does something before a refresh is answered, say loses the answer (`false`: there will be none). */
  beforeAnswer?: (response: ServerResponse, nth: number) => Promise<boolean> | boolean;
  /** Answers a refresh with a problem, and does nothing. */
  problem?: (nth: number) => { status: number; code: string; headers?: Record<string, string> } | undefined;
  private issued = 0;
  private readonly accepted = new Set<string>();

  accepts(token: string | undefined): boolean {
    return token !== undefined && this.accepted.has(token);
  }

  /** From now on these tokens are refused; all of them when none is named. */
  expire(...tokens: string[]): void {
    if (tokens.length === 0) this.accepted.clear();
    for (const token of tokens) this.accepted.delete(token);
  }

  async answer(request: IncomingMessage, response: ServerResponse, path: string, token?: string): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = chunks.length ? JSON.parse(Buffer.concat(chunks).toString()) : {};
    switch (path) {
      case '/v1/auth/login':
      case '/v1/auth/register':
        return this.signIn(response);
      case '/v1/auth/refresh':
        return this.refresh(response, body.refresh_token ?? cookieOf(request));
      case '/v1/auth/logout':
        this.ended = true;
        this.expire();
        return reply(response, 204, undefined);
      case '/v1/auth/password/change':
        return this.refuse(response, 401, 'invalid_credentials');
      default:
        return this.accepts(token) ? reply(response, 200, this.user()) : this.refuse(response, 401, 'invalid_token');
    }
  }

  refuse(response: ServerResponse, status: number, code: string, headers: Record<string, string> = {}): void {
    reply(response, status, { status, code, title: code, detail: code }, headers);
  }

  private signIn(response: ServerResponse): void {
    this.ended = false;
    this.generation += 10;
    this.handOut(response);
  }

  private async refresh(response: ServerResponse, presented: string | undefined): Promise<void> {
    this.presented.push(presented ?? '');
    const nth = this.presented.length;
    const problem = this.problem?.(nth);
    if (problem) return this.refuse(response, problem.status, problem.code, problem.headers);
    const generation = Number(/^refresh-(\d+)$/.exec(presented ?? '')?.[1] ?? Number.NaN);
    if (this.ended || Number.isNaN(generation)) return this.refuse(response, 401, 'refresh_token_invalid');
    if (generation < this.generation - 1) {
      this.ended = true;
      return this.refuse(response, 401, 'refresh_token_reused');
    }
    this.generation = generation + 1;
    if ((await this.beforeAnswer?.(response, nth)) === false) return;
    this.handOut(response);
  }

  private handOut(response: ServerResponse): void {
    this.issued += 1;
    const access_token = `access-${this.issued}`;
    this.accepted.add(access_token);
    const refresh_token = `refresh-${this.generation}`;
    const set = { access_token, token_type: 'Bearer', expires_in: this.expiresIn, user: this.user() };
    if (this.delivery === 'body') return reply(response, 200, { ...set, refresh_token });
    reply(response, 200, set, { 'set-cookie': `${COOKIE}=${refresh_token}; Path=/; HttpOnly` });
  }

  private user(): object {
    return { id: this.person, username: 'rowan', plan: 'free' };
  }
}

const cookieOf = (request: IncomingMessage) => new RegExp(`${COOKIE}=([^;]+)`).exec(request.headers.cookie ?? '')?.[1];

function reply(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  if (response.destroyed) return;
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  response.writeHead(status, { 'content-type': type, ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}
