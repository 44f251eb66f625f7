import fs from 'node:fs';
import path from 'node:path';
import { testDir } from './index.js';

interface Leftovers {
  endRun(local: object, dir: string): Promise<void>;
}

/** The folder of a run that another run is removing as well. */
describe('what a run left behind', () => {
  const local = { readMark: () => undefined, endPostgres: () => Promise.resolve() };

  it('is ended by two at once', async () => {
    const { endRun } = (await import('./leftovers.mjs' as string)) as Leftovers;
    const dir = path.join(testDir('leftovers'), 'run');
    await expect(endRun(local, dir)).resolves.toBeUndefined();
    fs.mkdirSync(path.join(dir, 'postgres'), { recursive: true });
    await endRun(local, dir);
    expect(fs.existsSync(dir)).toBe(false);
  });
});
