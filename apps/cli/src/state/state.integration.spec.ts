import fs from 'node:fs';
import path from 'node:path';
import { testDir } from '../../../../test/support/run.js';
import { BUS_USERS, DATA_APPS } from '#contracts';
import { openState } from './state.js';
import { StateFolder } from './state-folder.js';

const CALLERS = path.resolve('config/internal-callers.yaml');

const filesIn = (dir: string): string[] =>
  fs.readdirSync(dir, { recursive: true }).map((name) => path.join(dir, String(name)));

describe('the state folder', () => {
  it('is made once: the second start finds the same keys and passwords', () => {
    const folder = new StateFolder(path.join(testDir('state'), 'new'));
    const first = openState(folder, CALLERS);
    const kek = fs.readFileSync(folder.kek, 'hex');
    const second = openState(folder, CALLERS);
    expect(first.fresh).toBe(true);
    expect(second).toEqual({ ...first, fresh: false });
    expect(fs.readFileSync(folder.kek, 'hex')).toBe(kek);
  });

  it('can be read by its owner only', () => {
    const folder = new StateFolder(path.join(testDir('state'), 'new'));
    openState(folder, CALLERS);
    for (const file of [folder.dir, ...filesIn(folder.dir)]) {
      expect([file, fs.statSync(file).mode & 0o077]).toEqual([file, 0]);
    }
  });

  it('closes a folder that others could read', () => {
    const dir = testDir('state');
    fs.chmodSync(dir, 0o755);
    openState(new StateFolder(dir), CALLERS);
    expect(fs.statSync(dir).mode & 0o777).toBe(0o700);
  });

  it('holds a key-encryption key of 32 bytes, an nkey for each bus user, and a password for each database', () => {
    const folder = new StateFolder(testDir('state'));
    const { state, busUsers } = openState(folder, CALLERS);
    expect(fs.readFileSync(folder.kek)).toHaveLength(32);
    expect(Object.keys(busUsers).sort()).toEqual([...BUS_USERS].sort());
    expect(new Set(Object.values(busUsers)).size).toBe(BUS_USERS.length);
    expect(Object.keys(state.postgres.roles).sort()).toEqual([...DATA_APPS].sort());
  });

  it('gives a secret to a caller that joins the list and drops one that leaves it', () => {
    const folder = new StateFolder(testDir('state'));
    const list = folder.at('callers.yaml');
    fs.writeFileSync(list, 'callers: { billing: { scopes: [] }, social: { scopes: [] } }');
    const before = openState(folder, list).internalCallers;
    fs.writeFileSync(list, 'callers: { billing: { scopes: [] }, broadcaster: { scopes: [] } }');
    const after = openState(folder, list).internalCallers;
    expect(after).toEqual({ billing: before.billing, broadcaster: expect.any(String) });
    expect(JSON.parse(fs.readFileSync(folder.internalCallers, 'utf8'))).toEqual(after);
  });

  it('OPS23: a damaged state file is told by name', () => {
    const folder = new StateFolder(testDir('state'));
    fs.writeFileSync(folder.at('state.json'), '{ "admin":');
    expect(() => openState(folder, CALLERS)).toThrow(/state\.json is damaged/);
  });
});
