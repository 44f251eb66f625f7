import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { endProcess, LocalProblem, markOf, readMark, type DevInfo, type ProcessMark } from '#local';
import { readJson, writePrivate, type StateFolder } from '../state/state-folder.js';

/**
 * Claims the state folder for this process.
 * @throws LocalProblem when another start is using it
 */
export function claim(folder: StateFolder): void {
  // Written beside and put there whole: of two starts at once none finds a claim that says nothing yet.
  const draft = `${folder.starter}.${randomBytes(8).toString('hex')}.tmp`;
  fs.writeFileSync(draft, JSON.stringify(markOf(process.pid)), { mode: 0o600, flag: 'wx' });
  try {
    while (!putThere(draft, folder.starter)) {
      const other = readMark(folder.starter);
      if (other) throw alreadyRunning(folder, other);
      takeAway(folder.starter, `${draft}.old`);
    }
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

/** @returns false when there is one already */
function putThere(draft: string, file: string): boolean {
  try {
    fs.linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

/** Takes away the claim of a start that is gone, and puts it back when it is another's, who was faster. */
function takeAway(file: string, aside: string): void {
  try {
    fs.renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return;
  }
  if (readMark(aside)) putThere(aside, file);
  fs.rmSync(aside, { force: true });
}

export function release(folder: StateFolder): void {
  for (const file of [folder.devJson, folder.processes, folder.starter]) fs.rmSync(file, { force: true });
}

function alreadyRunning(folder: StateFolder, other: ProcessMark): LocalProblem {
  const url = readJson<DevInfo>(folder.devJson)?.public_url;
  return new LocalProblem(
    `Gatehouse is already running from ${folder.dir} (process ${other.pid}${url ? `, ${url}` : ', still starting'})`,
    `use it, stop it with \`kill ${other.pid}\`, or start a second one with GATEHOUSE_DIR and PUBLIC_PORT set`,
  );
}

/** Records the running programs, for the next start to end should this one be killed. */
export class ProcessRecord {
  private readonly marks: Record<string, ProcessMark> = {};

  constructor(private readonly folder: StateFolder) {}

  readonly add = (name: string, mark: ProcessMark): void => {
    this.marks[name] = mark;
    writePrivate(this.folder.processes, JSON.stringify(this.marks, null, 2));
  };
}

/**
 * Ends the programs that a killed starter left behind.
 * @returns the names of those that were still there
 */
export async function endLeftovers(folder: StateFolder): Promise<string[]> {
  fs.rmSync(folder.devJson, { force: true });
  const left = Object.entries(readJson<Record<string, ProcessMark>>(folder.processes) ?? {});
  const alive = left.filter(([, mark]) => markOf(mark.pid)?.started === mark.started);
  await Promise.all(alive.map(([, mark]) => endProcess(mark)));
  return alive.map(([name]) => name);
}
