import { spawn } from 'node:child_process';
import { generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { ended } from '#local';
import { assembleBlob, newLicenseKey, signingInput } from '#license-format';
import { bareImport, type RowWork } from './bare/import.js';
import { familyCpuSeconds, residentMiB } from './harness.js';
import type { BenchContext, Row } from './report.js';

const CLI = path.resolve('dist/apps/cli/src/main.js');
const ROWS = 100_000;
const BARE_ROWS = 9_000;
const SECONDS = 60;
const LOOK_MS = 250;
const DAY_MS = 86_400_000;
const SERVICES = ['gateway', 'licensing', 'fulfillment', 'secrets'] as const;

interface Taken {
  seconds: number;
  /** Of the services, the broker and the database together; the CLI's own is not among them. */
  cpuSeconds: number;
  /** Most memory of each process while it went on, above what it had before; of the CLI all that it had. */
  most: Record<string, number>;
}

/** P6: 100,000 rows by the CLI: a log of licenses, and the export of sales. */
export const logFigure = (context: BenchContext): Promise<Row> => figure(context, 'log', 'verify', logOf);
export const exportFigure = (context: BenchContext): Promise<Row> => figure(context, 'export', 'sign', exportOf);

async function figure(
  context: BenchContext,
  what: string,
  work: RowWork,
  make: (run: Run) => Promise<string>,
): Promise<Row> {
  const run = new Run(context);
  try {
    const file = await make(run);
    const bare = await bareImport(context.stack.info.postgres.licensing, work, BARE_ROWS);
    const { seconds, cpuSeconds, most } = await run.timed(['import', file, '--json']);
    const memory = Object.entries(most).map(([name, mib]) => `${name} ${mib.toFixed(0)}`);
    return {
      id: 'P6',
      what: `import of a ${what} of ${ROWS} rows, ${SECONDS} s`,
      lines: [
        `${seconds.toFixed(1)} s, ${(ROWS / seconds).toFixed(0)} rows/s, a file of ${megabytes(file)} MB`,
        `${((cpuSeconds / ROWS) * 1e6).toFixed(0)} µs CPU a row; bare ${work} and insert: ${bare.toFixed(0)} rows/s, ratio ${(ROWS / seconds / bare).toFixed(3)}`,
        `MiB: ${memory.join(', ')} (the CLI in all, the others above what they had)`,
      ],
      ratio: SECONDS / seconds,
      target: 1,
    };
  } finally {
    fs.rmSync(run.dir, { recursive: true });
  }
}

const megabytes = (file: string): string => (fs.statSync(file).size / 1e6).toFixed(0);

/** The CLI against the running system. */
class Run {
  readonly dir = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-import-'));

  constructor(private readonly context: BenchContext) {}

  /** @throws Error when it ends with anything but success */
  async timed(args: string[]): Promise<Taken> {
    const { stack } = this.context;
    const before = Object.fromEntries(SERVICES.map((app) => [app, residentMiB(stack.pid(app)!)]));
    const used = () => all.reduce((sum, pid) => sum + familyCpuSeconds(pid), 0);
    const all = [...SERVICES.map((app) => stack.pid(app)!), stack.natsPid, stack.postgresPid];
    const usedBefore = used();
    const begun = performance.now();
    const child = this.start(args);
    const most: Record<string, number> = {};
    const note = (name: string, mib: number) => (most[name] = Math.max(most[name] ?? 0, mib));
    const looking = setInterval(() => {
      note('cli', residentMiB(child.pid!));
      for (const app of SERVICES) note(app, residentMiB(stack.pid(app)!) - before[app]!);
    }, LOOK_MS);
    const [said, wrong] = await Promise.all([text(child.stdout), text(child.stderr), ended(child)]).finally(() =>
      clearInterval(looking),
    );
    if (child.exitCode !== 0) throw new Error(`gatehouse ${args[0]} ended with ${child.exitCode}: ${wrong}${said}`);
    return { seconds: (performance.now() - begun) / 1_000, cpuSeconds: used() - usedBefore, most };
  }

  private start(args: string[]) {
    const { info } = this.context.stack;
    const env = {
      PATH: process.env.PATH,
      PWD: this.dir,
      GATEHOUSE_URL: info.public_url,
      GATEHOUSE_INTERNAL_URL: info.internal_url,
      GATEHOUSE_CALLER_SECRET: info.internal_callers['creator-cli'],
    };
    return spawn(process.execPath, [CLI, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  }
}

/** A log as another tool left it, with its key taken over. */
async function logOf(run: Run): Promise<string> {
  const kid = `bench-${randomUUID()}`;
  const { privateKey } = generateKeyPairSync('ed25519');
  fs.writeFileSync(path.join(run.dir, 'old.pem'), privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
  await run.timed(['keys', 'import', 'old.pem', '--kid', kid, '--json']);
  const file = path.join(run.dir, 'issued.jsonl');
  return write(file, '', () => issued(kid, privateKey));
}

function issued(kid: string, key: KeyObject): string {
  const id = randomUUID();
  const now = Math.floor(Date.now() / 1_000);
  const payload = {
    ...{ v: 2 as const, kid, iss: 'bench', prod: 'datatools', key: newLicenseKey('pro'), tier: 'pro', name: 'Ada' },
    ...{ email: `${id}@example.com`, iat: now, nbf: now, exp: now + 31_536_000, feat: [], jti: id },
  };
  const input = signingInput(payload);
  return JSON.stringify({ license_key: payload.key, blob: assembleBlob(input, sign(null, input, key)) });
}

function exportOf(run: Run): Promise<string> {
  const day = new Date(Date.now() - 30 * DAY_MS).toISOString().slice(0, 10);
  const header = 'Purchase ID,Buyer Name,Purchase Email,Purchase Date,Fully Refunded?,Product ID\n';
  return write(path.join(run.dir, 'sales.csv'), header, () => {
    const id = randomUUID();
    return `${id},Ada,${id}@example.com,${day},0,pro`;
  });
}

async function write(file: string, header: string, line: () => string): Promise<string> {
  const handle = await fs.promises.open(file, 'w');
  await handle.write(header);
  for (let done = 0; done < ROWS; done += 1_000) {
    await handle.write(`${Array.from({ length: 1_000 }, line).join('\n')}\n`);
  }
  await handle.close();
  return file;
}
