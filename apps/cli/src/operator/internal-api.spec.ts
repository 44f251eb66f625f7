import { createHmac } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import { accessFrom, InternalApi } from './internal-api.js';

const urlOf = (server: http.Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const listen = (answer: http.RequestListener): Promise<http.Server> =>
  new Promise((resolve) => {
    const server = http.createServer(answer);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
function end(server: http.Server | undefined): void {
  server?.close();
  server?.closeAllConnections();
}

describe('D-cli SEC16: while the keys are sealed, and no token can be signed', () => {
  const heard: { line: string; headers: http.IncomingHttpHeaders; body: string }[] = [];
  let gateway: http.Server;
  beforeAll(async () => {
    gateway = await listen((request, response) => {
      let body = '';
      request.on('data', (bytes: Buffer) => (body += bytes.toString()));
      request.on('end', () => {
        heard.push({ line: `${request.method}.${request.url}`, headers: request.headers, body });
        if (request.url === '/oauth/token')
          return response.writeHead(503).end('{"error":"temporarily_unavailable","error_description":"Come back."}');
        response.end('{"sealed":false}');
      });
    });
  });
  afterAll(() => end(gateway));

  it.each([
    ['POST', '/internal/keys/unseal', { json: {} }, '/internal/keys/unseal', '{}'],
    ['GET', '/internal/audit/verify', { query: { after: 'a b' } }, '/internal/audit/verify?after=a+b', ''],
  ] as const)('%s %s is signed with the secret, which stays here', async (method, path, asked, sent, body) => {
    heard.length = 0;
    const url = urlOf(gateway);
    const api = new InternalApi({ publicUrl: url, internalUrl: url, caller: 'creator-cli', secret: 's3cret' });
    expect(await api.ask(method, path, asked)).toEqual({ sealed: false });
    const [, request] = heard;
    expect([request!.line, request!.body, request!.headers.authorization]).toEqual([
      `${method}.${sent}`,
      body,
      undefined,
    ]);
    const [, t, v1] = /^t=(\d+),caller=creator-cli,v1=(\w+)$/.exec(String(request!.headers['x-internal-signature']))!;
    expect(v1).toBe(createHmac('sha256', 's3cret').update(`${t}.${method}.${sent}.${body}`).digest('hex'));
    expect(JSON.stringify(request)).not.toContain('s3cret');
  });

  it('a question that is asked twice within a second is not refused as the copy of itself', async () => {
    heard.length = 0;
    const now = Date.now();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(now);
    const url = urlOf(gateway);
    const api = new InternalApi({ publicUrl: url, internalUrl: url, caller: 'creator-cli', secret: 's3cret' });
    await Promise.all([1, 2, 3].map(() => api.ask('GET', '/internal/keys/seal')));
    clock.mockRestore();
    const signed = heard.flatMap(({ headers }) => headers['x-internal-signature'] ?? []);
    const times = signed.map((one) => Number(/^t=(\d+),/.exec(String(one))![1])).sort();
    expect(times).toEqual([0, 1, 2].map((later) => Math.floor(now / 1_000) + later));
  });
});

describe('D-cli SEC16 D-internal-auth: what is signed with the secret', () => {
  const taken = new Set<string>();
  let gateway: http.Server;
  beforeAll(async () => {
    gateway = await listen((request, response) => {
      if (request.url === '/oauth/token') return response.writeHead(503).end('{}');
      const signature = String(request.headers['x-internal-signature']);
      if (!taken.has(signature)) return (void taken.add(signature), response.end('{"sealed":false}'));
      response.writeHead(401).end('{"detail":"The signature was used before.","code":"unauthenticated"}');
    });
  });
  afterAll(() => end(gateway));
  afterEach(() => jest.restoreAllMocks());

  it('is asked with a signature of its own, also by several at once and within one second', async () => {
    jest.spyOn(Date, 'now').mockReturnValue(1_700_000_000_000);
    const url = urlOf(gateway);
    const access = { publicUrl: url, internalUrl: url, caller: 'creator-cli', secret: 's3cret' };
    const [one, other] = [new InternalApi(access), new InternalApi(access)];
    const ask = (api: InternalApi) => api.ask('POST', '/internal/keys/unseal', { json: {} });
    expect(await Promise.all([ask(one), ask(one), ask(other)])).toHaveLength(3);
    expect(taken.size).toBe(3);
  });
});

describe('D-cli: the internal API', () => {
  const heard: string[] = [];
  let elsewhere: http.Server;
  let gateway: http.Server;
  let redirected = '';

  beforeAll(async () => {
    elsewhere = await listen((request, response) => {
      request.on('data', (bytes: Buffer) => heard.push(bytes.toString()));
      request.on('end', () => response.end('{}'));
    });
    gateway = await listen((request, response) => {
      if (request.url === redirected) return response.writeHead(307, { location: urlOf(elsewhere) }).end();
      response.end(JSON.stringify({ access_token: 'token' }));
    });
  });
  afterAll(() => {
    for (const server of [elsewhere, gateway]) end(server);
  });

  it.each(['/oauth/token', '/internal/keys/import'])(
    'is not followed elsewhere from %s: neither a key nor a secret goes along',
    async (path) => {
      redirected = path;
      const [publicUrl, internalUrl] = [urlOf(gateway), urlOf(gateway)];
      const api = new InternalApi({ publicUrl, internalUrl, caller: 'creator-cli', secret: 's3cret' });
      await expect(api.ask('POST', '/internal/keys/import', { json: { key: 'private' } })).rejects.toThrow();
      expect(heard).toEqual([]);
    },
  );
});

describe('D-cli: what takes longer than a token lasts', () => {
  let gateway: http.Server;
  let expires_in = 900;
  let fetched = 0;
  const used: (string | undefined)[] = [];
  beforeAll(async () => {
    gateway = await listen((request, response) => {
      if (request.url === '/oauth/token')
        return response.end(JSON.stringify({ access_token: `token${++fetched}`, expires_in }));
      used.push(request.headers.authorization);
      response.end('{}');
    });
  });
  afterAll(() => end(gateway));
  beforeEach(() => {
    fetched = 0;
    used.length = 0;
  });
  const apiOf = (url: string) =>
    new InternalApi({ publicUrl: url, internalUrl: url, caller: 'creator-cli', secret: 's' });

  it('is asked with one token while that has time left, however much is asked at once', async () => {
    expires_in = 900;
    const api = apiOf(urlOf(gateway));
    await Promise.all([1, 2, 3].map(() => api.ask('GET', '/internal/licenses')));
    await api.ask('GET', '/internal/licenses');
    expect(used).toEqual(Array(4).fill('Bearer token1'));
  });

  it('goes on with another one when it is about to end', async () => {
    expires_in = 60;
    const api = apiOf(urlOf(gateway));
    for (let n = 0; n < 3; n++) await api.ask('GET', '/internal/licenses');
    expect(used).toEqual(['Bearer token1', 'Bearer token2', 'Bearer token3']);
  });
});

describe('D-cli: an address without TLS', () => {
  const asked: string[] = [];
  beforeEach(() => {
    asked.length = 0;
    jest.spyOn(globalThis, 'fetch').mockImplementation((url) => {
      asked.push(String(url instanceof Request ? url.url : url));
      return Promise.resolve(Response.json({ access_token: 'token' }));
    });
  });
  afterEach(() => jest.restoreAllMocks());

  const apiOf = (publicUrl: string, internalUrl: string, more: NodeJS.ProcessEnv = {}): InternalApi =>
    new InternalApi(
      accessFrom({
        GATEHOUSE_DIR: os.tmpdir(),
        GATEHOUSE_URL: publicUrl,
        GATEHOUSE_INTERNAL_URL: internalUrl,
        GATEHOUSE_CALLER_SECRET: 's3cret',
        ...more,
      }),
    );
  const importKey = (api: InternalApi) => api.ask('POST', '/internal/keys/import', { json: { key: 'private' } });

  it.each([
    ['https://id.example', 'http://gateway.internal:3001'],
    ['http://id.example', 'https://gateway.internal'],
    ['https://id.example', 'http://10.0.0.7:3001'],
    ['https://id.example', 'http://127.0.0.1.evil.example:3001'],
    ['https://id.example', 'http://localhost@evil.example'],
  ])('gets neither keys nor secrets: %s, %s', async (publicUrl, internalUrl) => {
    await expect(importKey(apiOf(publicUrl, internalUrl))).rejects.toThrow(/in the clear/);
    expect(asked).toEqual([]);
    await importKey(apiOf(publicUrl, internalUrl, { GATEHOUSE_ALLOW_HTTP: 'true' }));
    expect(asked).toHaveLength(2);
  });

  it.each([
    ['https://id.example', 'https://gateway.internal'],
    ['http://localhost:3000', 'http://127.0.0.1:3001'],
    ['http://[::1]:3000', 'http://[::1]:3001'],
  ])('is fine on this machine, and none with TLS is refused: %s, %s', async (publicUrl, internalUrl) => {
    await importKey(apiOf(publicUrl, internalUrl));
    expect(asked).toHaveLength(2);
  });
});

describe('D-cli: what is answered with 503', () => {
  let gateway: http.Server;
  let away = 0;
  const asked: string[] = [];
  beforeAll(async () => {
    gateway = await listen((request, response) => {
      if (request.url === '/oauth/token')
        return response.end(JSON.stringify({ access_token: 'token', expires_in: 900 }));
      asked.push(request.method!);
      if (away-- > 0) return response.writeHead(503, { 'retry-after': '0.01' }).end('{"code":"unavailable"}');
      response.end('{"state":"done"}');
    });
  });
  afterAll(() => end(gateway));
  beforeEach(() => void asked.splice(0));
  const ask = (method: string) => {
    const url = urlOf(gateway);
    return new InternalApi({ publicUrl: url, internalUrl: url, caller: 'creator-cli', secret: 's' }).ask(method, '/x');
  };

  it('is asked again when it only reads, a few times', async () => {
    away = 2;
    expect(await ask('GET')).toEqual({ state: 'done' });
    away = 100;
    await expect(ask('GET')).rejects.toThrow(/unavailable/);
    expect(asked).toEqual(Array(7).fill('GET'));
  });

  it('is not asked again when it may have been done', async () => {
    away = 1;
    await expect(ask('POST')).rejects.toThrow(/unavailable/);
    expect(asked).toEqual(['POST']);
  });
});
