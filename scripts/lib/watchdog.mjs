/** Ends a program that no longer gets on, with everything it has started. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';

/** The processes below `pid`, nearest first. */
function descendants(pid) {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const rows = (stdout ?? '')
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const found = [pid];
  for (const parent of found) found.push(...rows.filter(([, ppid]) => ppid === parent).map(([child]) => child));
  return found.slice(1);
}

function endAll(pid) {
  for (const each of [pid, ...descendants(pid)]) {
    try {
      process.kill(each, 'SIGKILL');
    } catch {
      // It has ended by itself meanwhile.
    }
  }
}

/**
 * Watches a file that a program touches while it gets on.
 * @param {{ pid: number, file: string, silenceMs: number, onSilence: () => void }} watched
 * @returns {() => void} stops watching
 */
export function watch({ pid, file, silenceMs, onSilence }) {
  const started = Date.now();
  const timer = setInterval(() => {
    const last = fs.existsSync(file) ? fs.statSync(file).mtimeMs : started;
    if (Date.now() - Math.max(last, started) < silenceMs) return;
    clearInterval(timer);
    onSilence();
    endAll(pid);
  }, 1_000);
  return () => clearInterval(timer);
}
