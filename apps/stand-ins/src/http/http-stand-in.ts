import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as a stand-in's route sees it. */
export interface StandInRequest {
  params: Record<string, string>;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  /** Members of a JSON or form body; empty when there is none. */
  body: Record<string, unknown>;
}

/** What a route answers: `json` or `content` of a `type`; `hang` never answers, as a broken network does. */
export interface StandInAnswer {
  status?: number;
  json?: unknown;
  content?: string | Buffer;
  type?: string;
  headers?: Record<string, string>;
  hang?: boolean;
}

type Handler = (request: StandInRequest) => StandInAnswer | Promise<StandInAnswer>;

/** Routes by `METHOD /path/:param`. */
export type StandInRoutes = Record<string, Handler>;

export interface RunningHttp {
  url: string;
  port: number;
  close(): Promise<void>;
}

const BODY_LIMIT = 1024 * 1024;
/** A connection that is closed as a request is sent on it loses the request: it stays for longer than anybody pauses. */
const KEEP_ALIVE_MS = 65_000;

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT) throw new SyntaxError('body too large');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  if (text === '') return {};
  const form = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
  if (form && !/^\s*\{/.test(text)) return Object.fromEntries(new URLSearchParams(text));
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new SyntaxError('no JSON object');
  return parsed as Record<string, unknown>;
}

function match(routes: StandInRoutes, method: string, path: string) {
  for (const [key, handler] of Object.entries(routes)) {
    const [verb, pattern] = key.split(' ') as [string, string];
    const source = pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:([a-z_]+)/g, '(?<$1>[^/]+)');
    const found = verb === method ? new RegExp(`^${source}$`).exec(path) : null;
    if (found) return { handler, params: decode(found.groups ?? {}) };
  }
  return undefined;
}

const decode = (groups: Record<string, string>) =>
  Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]));

function write(response: ServerResponse, answer: StandInAnswer): void {
  if (answer.hang) return;
  const content = answer.content ?? JSON.stringify(answer.json ?? {});
  response.writeHead(answer.status ?? 200, {
    'content-type': answer.type ?? 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...answer.headers,
  });
  response.end(answer.status === 204 ? undefined : content);
}

async function answer(routes: StandInRoutes, request: IncomingMessage): Promise<StandInAnswer> {
  const url = new URL(request.url ?? '/', 'http://stand-in');
  try {
    const found = match(routes, request.method ?? 'GET', url.pathname);
    if (!found) return { status: 404, json: { error: 'not_found' } };
    const body = await bodyOf(request);
    return await found.handler({ params: found.params, query: url.searchParams, headers: request.headers, body });
  } catch (error) {
    const bad = error instanceof SyntaxError || error instanceof URIError;
    return { status: bad ? 400 : 500, json: { error: (error as Error).message } };
  }
}

/**
 * Serves `routes` on loopback.
 * @param port 0: any free one.
 */
export async function serveHttp(routes: StandInRoutes, port: number): Promise<RunningHttp> {
  const server: Server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    void answer(routes, request).then((a) => write(response, a));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    port: bound,
    url: `http://127.0.0.1:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
