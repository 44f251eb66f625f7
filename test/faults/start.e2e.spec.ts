import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { APPS } from '#contracts';
import { ended, markOf, type DevInfo, type ProcessMark } from '#local';
import { eventually } from '../support/eventually.js';
import { testDir } from '../support/run.js';

const CLI = path.resolve('dist/apps/cli/src/main.js');

interface Start {
  child: ChildProcess;
  /** Once it has ended. */
  outcome: Promise<{ code: number | null; said: string }>;
}

function start(dir: string, env: NodeJS.ProcessEnv = {}): Start {
  const child = spawn(process.execPath, [CLI, 'start'], {
    env: { ...process.env, GATEHOUSE_DIR: dir, GATEHOUSE_FSYNC: 'off', PUBLIC_PORT: '0', INTERNAL_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = Promise.all([text(child.stdout!), text(child.stderr!), ended(child)]);
  return { child, outcome: said.then(([out, err]) => ({ code: child.exitCode, said: out + err })) };
}

const readJson = <T>(file: string): T | undefined =>
  fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as T) : undefined;

const ready = (dir: string, { child }: Start) =>
  eventually('a ready system', 100_000, async () => {
    if (child.exitCode !== null) throw new Error('it did not start');
    return readJson<DevInfo>(path.join(dir, 'dev.json'));
  });

const programsOf = (dir: string) => readJson<Record<string, ProcessMark>>(path.join(dir, 'processes.json'))!;

const alive = (marks: ProcessMark[]): ProcessMark[] =>
  marks.filter((mark) => markOf(mark.pid)?.started === mark.started);

const serversOf = (dir: string): ProcessMark[] => {
  const postgres = Number(fs.readFileSync(path.join(dir, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
  return [markOf(postgres)!, readJson<ProcessMark>(path.join(dir, 'nats/nats.pid'))!];
};

describe('gatehouse start', () => {
  jest.setTimeout(300_000);
  const started: Start[] = [];
  const launch = (dir: string, env?: NodeJS.ProcessEnv): Start => {
    const one = start(dir, env);
    started.push(one);
    return one;
  };
  afterEach(async () => {
    for (const { child } of started.splice(0)) {
      child.kill('SIGTERM');
      await ended(child);
    }
  });

  it('OPS22 OPS24: brings all up, says where, restarts what dies, refuses a second start, and leaves no orphan', async () => {
    const dir = path.join(testDir('start'), 'state');
    const first = launch(dir);
    const info = await ready(dir, first);
    expect(fs.statSync(path.join(dir, 'dev.json')).mode & 0o777).toBe(0o600);
    expect((await fetch(`${info.public_url}/health/ready`)).status).toBe(200);
    expect(info.license_public_keys[0]).toEqual({ kid: expect.any(String), key: expect.stringMatching(/^[\w-]{43}$/) });
    expect(Object.keys(programsOf(dir)).sort()).toEqual([...APPS, 'stand-ins'].sort());

    const second = launch(dir);
    expect(await second.outcome).toEqual({ code: 1, said: expect.stringMatching(/already running .*\nWhat to do:/) });

    const before = programsOf(dir).identity!;
    process.kill(before.pid, 'SIGKILL');
    await eventually('identity again', 60_000, async () => programsOf(dir).identity!.pid !== before.pid || undefined);

    const marks = [...Object.values(programsOf(dir)), ...serversOf(dir)];
    expect(alive(marks)).toHaveLength(marks.length);
    first.child.kill('SIGINT');
    const { code, said } = await first.outcome;
    expect(code).toBe(0);
    expect(said).toContain('Gatehouse is ready after');
    expect(said).toContain('npm run tour');
    expect(said).toMatch(/identity ended \(SIGKILL\); starting it again/);
    expect(alive(marks)).toEqual([]);
    expect(fs.existsSync(path.join(dir, 'starter.json'))).toBe(false);
  });

  it('OPS24: kill -9 of the starter ends all it started, and stops no next start', async () => {
    const dir = path.join(testDir('start'), 'state');
    const first = launch(dir);
    const before = await ready(dir, first);
    const marks = [...Object.values(programsOf(dir)), ...serversOf(dir)];
    const written = () => fs.statSync(path.join(dir, 'dev.json'), { throwIfNoEntry: false })?.mtimeMs;
    const old = written();
    first.child.kill('SIGKILL');
    await ended(first.child);
    const second = launch(dir);
    await eventually('what an earlier start wrote to be gone', 100_000, async () => written() !== old || undefined);
    const after = await ready(dir, second);
    expect((await fetch(`${after.public_url}/health/ready`)).status).toBe(200);
    expect(after.admin).toEqual(before.admin);
    expect(alive(marks)).toEqual([]);
    second.child.kill('SIGTERM');
    expect((await second.outcome).code).toBe(0);
  });

  it('OPS23: a taken port is told with the way out, without a stack, and nothing stays behind', async () => {
    const dir = path.join(testDir('start'), 'state');
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as net.AddressInfo;
    const { code, said } = await launch(dir, { PUBLIC_PORT: String(port) }).outcome;
    server.close();
    expect(code).toBe(1);
    expect(said).toMatch(new RegExp(`Port ${port} is taken by another program\\.\nWhat to do: .*PUBLIC_PORT=`));
    expect(said).not.toMatch(/^\s+at /m);
    expect(fs.existsSync(path.join(dir, 'starter.json'))).toBe(false);
  });

  it('OPS23: what is wrong with an app’s configuration is told in its own words', async () => {
    const dir = path.join(testDir('start'), 'state');
    const { code, said } = await launch(dir, { RATE_LIMIT_FACTOR: 'many', LOG_LEVEL: 'loud' }).outcome;
    expect(code).toBe(1);
    expect(said).toMatch(/did not start:/);
    expect(said).toMatch(/LOG_LEVEL is not a known value/);
    expect(said).not.toMatch(/^\s+at /m);
  });
});
