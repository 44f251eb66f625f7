import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { eventually } from '../../../test/support/eventually.js';
import { testDir } from '../../../test/support/run.js';
import { LocalProblem } from './local-problem.js';
import { ended, markOf } from './processes.js';
import { Program, type ProgramEvents, type ProgramSpec } from './supervisor.js';

/** A program that says its process id in a file when it is ready, and drains when it is asked to end. */
const WELL = `
  import fs from 'node:fs';
  process.on('SIGTERM', () => { fs.writeFileSync('%dir/drained', 'yes'); process.exit(0); });
  fs.writeFileSync('%dir/ready', String(process.pid));
  setInterval(() => undefined, 1000);`;

const programs: Program[] = [];

function programIn(dir: string, source: string, events: ProgramEvents = {}, echo?: ProgramSpec['echo']): Program {
  const entry = path.join(dir, 'program.mjs');
  fs.writeFileSync(entry, source.replaceAll('%dir', dir));
  const isReady = () => Promise.resolve(fs.existsSync(path.join(dir, 'ready')));
  const log = path.join(dir, 'program.log');
  const program = new Program({ name: 'program', entry, env: process.env, log, isReady, echo }, events);
  programs.push(program);
  return program;
}

const until = (what: string, look: () => boolean) => eventually(what, 15_000, async () => look() || undefined);
const readyPid = (dir: string): number => Number(fs.readFileSync(path.join(dir, 'ready'), 'utf8'));

describe('a supervised program', () => {
  afterEach(() => Promise.all(programs.splice(0).map((program) => program.stop())));

  it('OPS24: drains when it is stopped, and is then gone', async () => {
    const dir = testDir('program');
    const program = programIn(dir, WELL);
    await program.start();
    const pid = program.pid!;
    await program.stop();
    expect(fs.existsSync(path.join(dir, 'drained'))).toBe(true);
    expect(markOf(pid)).toBeUndefined();
    expect(program.pid).toBeUndefined();
  });

  it('is started again when it dies, and the reason is told', async () => {
    const dir = testDir('program');
    const told: string[] = [];
    const program = programIn(dir, WELL, { onRestart: (name, why) => told.push(`${name}: ${why}`) });
    await program.start();
    const first = program.pid!;
    program.kill('SIGKILL');
    await until('a new process', () => program.pid !== undefined && readyPid(dir) !== first);
    expect(told).toEqual(['program: SIGKILL']);
    await program.stop();
  });

  it('is not started again after a stop', async () => {
    const dir = testDir('program');
    const program = programIn(dir, WELL);
    await program.start();
    program.kill('SIGKILL');
    await program.stop();
    expect(program.pid).toBeUndefined();
  });

  it('OPS23: one that does not come up is told with its own words and without a stack', async () => {
    const program = programIn(testDir('program'), `console.error('PLANS_FILE is missing'); throw new Error('no');`);
    const problem = await program.start().catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(LocalProblem);
    expect((problem as LocalProblem).message).toMatch(/program did not start:\n {4}PLANS_FILE is missing/);
    expect((problem as LocalProblem).message).not.toMatch(/^\s+at /m);
  });

  it('OPS23: its own words are told also when they come after its end', async () => {
    const dir = testDir('program');
    const source = `
      import { spawn } from 'node:child_process';
      spawn('/bin/sh', ['-c', 'sleep 0.5; echo PLANS_FILE is missing'], { stdio: ['ignore', 'inherit', 'inherit'] }).unref();`;
    const program = programIn(dir, source, {}, () => undefined);
    await expect(program.start()).rejects.toThrow(/program did not start:\n {4}PLANS_FILE is missing/);
  });

  it('OPS24: drains by itself when its supervisor is killed', async () => {
    const dir = testDir('program');
    const entry = path.join(dir, 'program.mjs');
    fs.writeFileSync(entry, WELL.replaceAll('%dir', dir));
    const script = `
      import { Program } from ${JSON.stringify(path.resolve('dist/libs/local/src/index.js'))};
      import fs from 'node:fs';
      const isReady = async () => fs.existsSync('${dir}/ready');
      await new Program({ name: 'p', entry: '${entry}', env: process.env, log: '${dir}/log', isReady }).start();
      setInterval(() => undefined, 1000);`;
    const supervisor = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
    await until('the program', () => fs.existsSync(path.join(dir, 'ready')) && readyPid(dir) > 0);
    const program = readyPid(dir);
    supervisor.kill('SIGKILL');
    await ended(supervisor);
    await until('its end', () => markOf(program) === undefined);
    expect(fs.existsSync(path.join(dir, 'drained'))).toBe(true);
  });
});
