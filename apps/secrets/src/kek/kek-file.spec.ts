import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readKekFile } from './kek-file.js';

describe('the file of the key-encryption key', () => {
  let dir: string;
  let file: string;
  beforeEach(() => {
    dir = fs.mkdtempSync(path.join(tmpdir(), 'kek-'));
    file = path.join(dir, 'kek');
  });
  afterEach(() => fs.rmSync(dir, { recursive: true }));

  const write = (mode: number, bytes = 32) => {
    fs.writeFileSync(file, Buffer.alloc(bytes, 1));
    fs.chmodSync(file, mode);
  };
  const read = () => readKekFile(file, { create: false });

  it.each([0o600, 0o400])('is read with mode %o', (mode) => {
    write(mode);
    expect(read()).toEqual(Buffer.alloc(32, 1));
  });

  it.each([0o644, 0o640, 0o604, 0o660, 0o602, 0o601, 0o777])('SEC15: is refused with mode %o', (mode) => {
    write(mode);
    expect(read).toThrow(/others can read it/);
  });

  it.each([0, 31, 33, 44])('SEC15: is refused with %i bytes', (bytes) => {
    write(0o600, bytes);
    expect(read).toThrow(/instead of 32/);
  });

  it('SEC15: is refused when it is another user’s', () => {
    write(0o600);
    const stat = fs.statSync(file);
    const fstat = jest.spyOn(fs, 'fstatSync').mockReturnValue(Object.assign(stat, { uid: stat.uid + 4242 }));
    expect(read).toThrow(/belongs to user/);
    fstat.mockRestore();
  });

  it('is read as Kubernetes mounts it: root’s, for our group', () => {
    write(0o440);
    const stat = fs.statSync(file);
    const fstat = jest.spyOn(fs, 'fstatSync').mockReturnValue(Object.assign(stat, { uid: 0 }));
    const uid = jest.spyOn(process, 'getuid').mockReturnValue(1000);
    expect(read()).toHaveLength(32);
    uid.mockRestore();
    fstat.mockRestore();
  });

  it('SEC15: is not made up in production', () => {
    expect(read).toThrow(/does not exist/);
    expect(fs.readdirSync(dir)).toEqual([]);
  });

  it('is made once in development, for its owner alone', () => {
    const made = readKekFile(file, { create: true });
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    expect(readKekFile(file, { create: true })).toEqual(made);
    expect(fs.readdirSync(dir)).toEqual(['kek']);
  });
});
