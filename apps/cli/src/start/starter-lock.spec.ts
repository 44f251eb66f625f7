import fs from 'node:fs';
import { markOf } from '#local';
import { testDir } from '../../../../test/support/run.js';
import { StateFolder } from '../state/state-folder.js';
import { claim, release } from './starter-lock.js';

/** Whether the folder could be claimed. */
const claimed = (folder: StateFolder): boolean => {
  try {
    claim(folder);
    return true;
  } catch (error) {
    expect((error as Error).message).toMatch(/already running/);
    return false;
  }
};

/** Does something between the making of a file and its writing, once. */
function meanwhile(act: () => void): void {
  const write = fs.writeFileSync.bind(fs);
  jest.spyOn(fs, 'writeFileSync').mockImplementationOnce((file, content, options) => {
    write(file, '', options);
    act();
    write(file, content);
  });
}

describe('the claim of a state folder', () => {
  afterEach(() => jest.restoreAllMocks());

  it('OPS23: of two starts at once one gets it, whenever the other looks', () => {
    const folder = new StateFolder(testDir('claim'));
    const outcomes: boolean[] = [];
    meanwhile(() => outcomes.push(claimed(folder)));
    outcomes.push(claimed(folder));
    expect(outcomes.filter(Boolean)).toHaveLength(1);
  });

  it('OPS23: one that a killed start has left is taken over, and nothing is left beside it', () => {
    const folder = new StateFolder(testDir('claim'));
    fs.writeFileSync(folder.starter, JSON.stringify({ pid: process.pid, started: 'another time' }));
    claim(folder);
    expect(JSON.parse(fs.readFileSync(folder.starter, 'utf8'))).toEqual(markOf(process.pid));
    expect(claimed(folder)).toBe(false);
    expect(fs.readdirSync(folder.dir)).toEqual(['starter.json']);
    release(folder);
    expect(claimed(folder)).toBe(true);
  });

  it('OPS23: one that another start has made anew meanwhile is not taken from it', () => {
    const folder = new StateFolder(testDir('claim'));
    fs.writeFileSync(folder.starter, JSON.stringify({ pid: process.pid, started: 'another time' }));
    const rename = fs.renameSync.bind(fs);
    jest.spyOn(fs, 'renameSync').mockImplementationOnce((from, to) => {
      fs.rmSync(from);
      claim(folder);
      rename(from, to);
    });
    expect(claimed(folder)).toBe(false);
    expect(fs.readdirSync(folder.dir)).toEqual(['starter.json']);
  });
});
