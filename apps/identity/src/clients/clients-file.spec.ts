import { readFileSync } from 'node:fs';
import { CLIENTS_FILE } from '../../test/identity-app.js';
import { readClientsFile } from './clients-file.rules.js';

const CLIENT = {
  client_id: 'tool',
  name: 'Tool',
  version: 1,
  audience: ['tool-api'],
  access_ttl: '15m',
  refresh_ttl: '30d',
  refresh_idle_ttl: '7d',
  delivery: 'body',
  grants: ['password', 'refresh'],
};
const HASH = `sha256:${'A'.repeat(43)}`;
const CODES = {
  grants: ['authorization_code', 'refresh'],
  redirects: ['https://app.example/cb'],
  scopes: ['openid', 'offline_access'],
};
const read = (more: object, rest: object = {}) =>
  readClientsFile(JSON.stringify({ default: 'tool', clients: [{ ...CLIENT, ...more }], ...rest }), 'clients.yaml');

describe('clients.yaml', () => {
  it.each<[string, object, object]>([
    ['access_ttl is longer than 60 minutes', { access_ttl: '2h', refresh_idle_ttl: '3h' }, {}],
    ['refresh_idle_ttl is longer than refresh_ttl', { refresh_idle_ttl: '31d' }, {}],
    ['access_ttl is longer than refresh_idle_ttl', { refresh_idle_ttl: '5m' }, {}],
    ['delivery is cookie and cookie_name is missing', { delivery: 'cookie' }, {}],
    ['the grant refresh', { delivery: 'none' }, {}],
    ['implicit is no grant', { grants: ['implicit'] }, {}],
    ['https://*/ is no origin', { origins: ['https://*/'] }, {}],
    ['https://a.*.example is no origin', { development_origins: ['https://a.*.example'] }, {}],
    ['javascript:alert(1) is no address', { redirects: ['javascript:alert(1)'] }, {}],
    ['https://user@x.example/ is no address', { redirects: ['https://user@x.example/'] }, {}],
    ['confidential and secret_hashes is empty', { confidential: true }, {}],
    ['and is not confidential', { secret_hashes: [HASH] }, {}],
    ['no `sha256:` hash', { confidential: true, secret_hashes: ['hunter2'] }, {}],
    ['authorization_code needs redirects', { ...CODES, redirects: [] }, {}],
    ['authorization_code needs scopes', { ...CODES, scopes: [] }, {}],
    ['is no address that codes', { ...CODES, redirects: ['http://app.example/cb'] }, {}],
    ['is no address that codes', { ...CODES, redirects: ['https://*.app.example/cb'] }, {}],
    ['is no address', { ...CODES, redirects: ['myapp:/cb'] }, {}],
    ['account is for first-party clients', { ...CODES, scopes: ['openid', 'account'] }, {}],
    ['offline_access needs the grant refresh', { ...CODES, grants: ['authorization_code'] }, {}],
    ['colour is not a known field', { colour: 'red' }, {}],
    ['access_ttl', { access_ttl: 'soon' }, {}],
    ['default: names no client', {}, { default: 'other' }],
    ['tool: stands there twice', {}, { clients: [CLIENT, CLIENT] }],
    ['clients: is no list', {}, { clients: {} }],
  ])('B-contracts: is refused with "%s"', (problem, more, rest) => {
    expect(() => read(more, rest)).toThrow(problem);
  });

  it('B-contracts: tells everything that is wrong at once', () => {
    const wrong = (): unknown => read({ version: 0, delivery: 'pigeon', audience: undefined });
    expect(wrong).toThrow(/version[\s\S]*delivery|delivery[\s\S]*version/);
    expect(wrong).toThrow(/audience is required/);
    expect(() => readClientsFile('a: [', 'clients.yaml')).toThrow('clients.yaml');
  });

  it('B-contracts: seeds the eight applications, the default first', () => {
    const file = readClientsFile(readFileSync(CLIENTS_FILE, 'utf8'), CLIENTS_FILE);
    expect(file.default_client_id).toBe('branchpy-cli');
    expect(file.clients.map((c) => c.client_id)).toEqual([
      'branchpy-cli',
      'tachigo-dashboard',
      'tachimint',
      'openalice-hub',
      'openalice-stream-host',
      'player-client',
      'admin-ui',
      'web',
    ]);
    expect(file.clients[0]).toMatchObject({ audience: ['branchpy-api'], access_ttl: 900, refresh_ttl: 7_776_000 });
  });

  it('R-AS1: takes https, loopback and private-use redirects, and keeps secrets out of the policy', () => {
    const redirects = ['https://app.example/cb', 'http://127.0.0.1/cb', 'com.example.app:/cb'];
    const file = read({ ...CODES, redirects, confidential: true, secret_hashes: [HASH] });
    expect(file.clients[0]!.redirects).toEqual(redirects);
    expect(JSON.stringify(file.clients)).not.toContain(HASH);
    expect(file.secret_hashes.get('tool')).toEqual([HASH]);
  });

  it('E-cors: takes wildcard origins', () => {
    expect(read({ origins: ['https://*.app.github.dev'] }).clients[0]!.origins).toEqual(['https://*.app.github.dev']);
  });
});
