import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { licenseKeys } from './dev-info.js';

const KEYS = [
  { kid: 'old', purpose: 'license_blob', state: 'retiring', jwk: { x: 'a' } },
  { kid: 'now', purpose: 'license_blob', state: 'active', jwk: { x: 'b' } },
  { kid: 'token', purpose: 'license_token', state: 'active', jwk: {} },
];

describe('the keys that a start tells of', () => {
  const statuses: number[] = [];
  let server: http.Server;
  let url: string;
  beforeAll(async () => {
    server = http.createServer((_, response) => {
      const status = statuses.shift() ?? 200;
      response.writeHead(status).end(status === 200 ? JSON.stringify({ keys: KEYS }) : '{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  it('OPS22: are waited for while the services are not all there, the one that signs first', async () => {
    statuses.push(503, 503);
    expect(await licenseKeys(url)).toEqual([
      { kid: 'now', key: 'b' },
      { kid: 'old', key: 'a' },
    ]);
    expect(statuses).toEqual([]);
  });

  it('OPS23: an answer that is no matter of time ends the start', async () => {
    statuses.push(404);
    await expect(licenseKeys(url)).rejects.toThrow(/answers 404/);
  });
});
