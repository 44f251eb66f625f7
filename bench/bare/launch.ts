import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** Starts a script of this folder in a process of its own. @returns it with the first line that it says */
export async function launch(script: string, ...args: string[]): Promise<{ child: ChildProcess; line: string }> {
  const file = path.join(import.meta.dirname, `${script}.js`);
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [data] = (await once(child.stdout!, 'data')) as [Buffer];
  return { child, line: data.toString().trim() };
}
