import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { writePrivate } from './state-folder.js';

describe('D-kms: a file that is for its owner alone', () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'private-'));
  afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));
  const file = path.join(dir, 'recovery');

  it('goes through none that somebody else has put there before, and leaves no draft', () => {
    const theirs = path.join(dir, 'theirs');
    fs.writeFileSync(theirs, '', { mode: 0o644 });
    fs.symlinkSync(theirs, `${file}.${process.pid}.tmp`);
    writePrivate(file, 'private');
    expect(fs.readFileSync(theirs, 'utf8')).toBe('');
    expect(fs.readFileSync(file, 'utf8')).toBe('private');
    expect(fs.lstatSync(file).isFile()).toBe(true);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    fs.unlinkSync(`${file}.${process.pid}.tmp`);
    expect(fs.readdirSync(dir).sort()).toEqual(['recovery', 'theirs']);
  });

  it('leaves no draft either where it cannot be', () => {
    const folder = path.join(dir, 'folder');
    fs.mkdirSync(path.join(folder, 'full'), { recursive: true });
    expect(() => writePrivate(folder, 'private')).toThrow();
    expect(fs.readdirSync(dir).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});
