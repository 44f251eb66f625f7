import { Command } from 'commander';
import { StateFolder } from '../state/state-folder.js';
import { checks, type Finding } from './checks.js';

/** `gatehouse doctor`: whether this machine can run Gatehouse, and what to do when it cannot. */
export const doctorCommand = (): Command =>
  new Command('doctor').description('check this machine: Node, nats-server, ports, state folder, disk').action(examine);

async function examine(): Promise<void> {
  const folder = StateFolder.fromEnv();
  const findings: Finding[] = [];
  for (const check of checks) findings.push(await check(folder, process.env));
  for (const { ok, what, fix } of findings) {
    process.stdout.write(`${ok ? 'ok    ' : 'wrong '}  ${what}\n${ok || !fix ? '' : `          ${fix}\n`}`);
  }
  const wrong = findings.filter((finding) => !finding.ok).length;
  process.stdout.write(wrong ? `\n${wrong} to mend.\n` : '\nAll is well.\n');
  process.exitCode = wrong ? 1 : 0;
}
