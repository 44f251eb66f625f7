import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { GatewayConfig } from '../gateway.config.js';
import { CallerRegistry } from './caller-registry.js';
import { sign, signatureHolds } from './signature.rules.js';

const [OLD, NEW] = ['the-secret-before-of-forty-characters-01', 'the-secret-of-now-of-forty-characters-02'];
const TWICE_AS_LONG = NEW + NEW;

let dir: string;
let callers: CallerRegistry;
beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'gatehouse-compare-'));
  const files = { internalCallersFile: `${dir}/callers.yaml`, internalCallerSecretsFile: `${dir}/secrets.json` };
  fs.writeFileSync(files.internalCallersFile, 'callers:\n  billing:\n    scopes: []\n  idle:\n    scopes: []\n');
  fs.writeFileSync(files.internalCallerSecretsFile, JSON.stringify({ billing: [OLD, NEW] }));
  callers = new CallerRegistry(files as GatewayConfig);
});
afterAll(() => fs.rmSync(dir, { recursive: true }));
afterEach(() => jest.restoreAllMocks());

/** What is compared while `act` runs: for each comparison that takes one time whatever differs, how many bytes. */
function comparedBy<T>(act: () => T): { result: T; bytes: number[] } {
  const compare = jest.spyOn(crypto, 'timingSafeEqual');
  try {
    const result = act();
    return { result, bytes: compare.mock.calls.map(([one]) => one.byteLength) };
  } finally {
    compare.mockRestore();
  }
}

it.each([
  ['right', NEW, true],
  ['the one before', OLD, true],
  ['wrong at its beginning', `X${NEW.slice(1)}`, false],
  ['wrong at its end', `${NEW.slice(0, -1)}X`, false],
  ['too short', NEW.slice(0, 5), false],
  ['too long', TWICE_AS_LONG, false],
  ['empty', '', false],
])(
  'RT7: a secret that is %s is compared with each of the caller’s, in a time that tells nothing',
  (_, secret, right) => {
    const { result, bytes } = comparedBy(() => callers.isSecretOf('billing', secret));
    expect([result, bytes]).toEqual([right, [32, 32]]);
  },
);

it.each(['idle', 'nobody', 'constructor'])('RT7: the secret of %s, who has none, is compared all the same', (name) => {
  expect(comparedBy(() => callers.isSecretOf(name, NEW))).toEqual({ result: false, bytes: [32] });
});

describe('RT7: a signature', () => {
  const request = { method: 'POST', path: '/internal/broadcast', body: Buffer.from('{}') };
  const right = sign(NEW, 1, request);
  const flipped = (at: number) => right.slice(0, at) + (right[at] === '0' ? '1' : '0') + right.slice(at + 1);

  it.each([
    ['right', right, true],
    ['made with the secret before', sign(OLD, 1, request), true],
    ['wrong at its beginning', flipped(0), false],
    ['wrong at its end', flipped(63), false],
  ])('that is %s is compared with each that would do, in a time that tells nothing', (_, v1, holds) => {
    const signature = { t: 1, caller: 'billing', v1 };
    const { result, bytes } = comparedBy(() => signatureHolds(signature, [OLD, NEW], request));
    expect([result, bytes]).toEqual([holds, [32, 32]]);
  });

  it('of somebody without a secret is compared all the same', () => {
    const signature = { t: 1, caller: 'nobody', v1: right };
    expect(comparedBy(() => signatureHolds(signature, [], request))).toEqual({ result: false, bytes: [32] });
  });
});
