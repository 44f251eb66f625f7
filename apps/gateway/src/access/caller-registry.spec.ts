import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { GatewayConfig } from '../gateway.config.js';
import { CallerRegistry } from './caller-registry.js';

let dir: string;
beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'gatehouse-callers-'));
});
afterAll(() => fs.rmSync(dir, { recursive: true }));

const SECRET = 'a-secret-that-is-long-enough-for-anybody';

function registry(yaml: string, json: string): CallerRegistry {
  const [internalCallersFile, internalCallerSecretsFile] = [
    path.join(dir, 'callers.yaml'),
    path.join(dir, 'secrets.json'),
  ];
  fs.writeFileSync(internalCallersFile, yaml);
  fs.writeFileSync(internalCallerSecretsFile, json);
  return new CallerRegistry({ internalCallersFile, internalCallerSecretsFile } as GatewayConfig);
}

const YAML = 'callers:\n  billing:\n    scopes: [billing.plan_changes]\n  idle:\n    scopes: []\n';

it('knows scopes and secrets by name', () => {
  const callers = registry(YAML, JSON.stringify({ billing: SECRET }));
  expect(callers.scopesOf('billing')).toEqual(['billing.plan_changes']);
  expect(callers.isSecretOf('billing', SECRET)).toBe(true);
  expect(callers.isSecretOf('billing', `${SECRET}x`)).toBe(false);
});

it('a caller without a secret has no secret, not the empty one', () => {
  const callers = registry(YAML, '{}');
  for (const name of ['idle', 'nobody', 'constructor']) expect(callers.isSecretOf(name, '')).toBe(false);
});

it.each([
  ['no YAML', '{', '{}'],
  ['no JSON', YAML, `{ "billing": "${SECRET}" `],
  ['no list of scopes', 'callers:\n  billing: yes\n', '{}'],
  ['a name that cannot stand in a header', 'callers:\n  "a.b":\n    scopes: []\n', '{}'],
  ['a short secret', YAML, '{"billing":"short"}'],
])('%s stops the start, and no secret is told', (_, yaml, json) => {
  expect(() => registry(yaml, json)).toThrow(/cannot be used/);
  expect(() => registry(yaml, json)).not.toThrow(new RegExp(`${SECRET}|"short"`));
});
