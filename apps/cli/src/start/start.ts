import { Command } from 'commander';
import { isAlive, markOf } from '#local';
import { describe } from '../problem.js';
import { StateFolder } from '../state/state-folder.js';
import { banner } from './banner.js';
import { DevelopmentStack } from './development-stack.js';
import { StepList } from './step-list.js';

/** `gatehouse start`: the whole system on this machine, until Ctrl-C. */
export const startCommand = (): Command =>
  new Command('start')
    .description('start the whole system on this machine, with embedded Postgres and NATS')
    .option('-v, --verbose', 'print what the apps log')
    .action(async ({ verbose }: { verbose?: boolean }) => start(verbose ?? false));

async function start(verbose: boolean): Promise<void> {
  const folder = StateFolder.fromEnv();
  const steps = new StepList(process.stdout);
  const stack = new DevelopmentStack({
    folder,
    steps,
    env: process.env,
    echo: verbose ? (name, text) => steps.say(text.trimEnd().replace(/^/gm, `[${name}] `)) : undefined,
    postgresSettings: process.env.GATEHOUSE_FSYNC === 'off' ? THROWAWAY : undefined,
  });
  const stop = stopOnce(stack, steps);
  followProcess(stop);
  try {
    const info = await stack.start();
    steps.close();
    restartOnDemand(stack, steps, stop);
    process.stdout.write(banner(info, folder, { fresh: stack.fresh, seconds: process.uptime() }));
  } catch (error) {
    steps.close();
    await stop.quietly();
    // Asked to stop while it started: what then failed is no news.
    if (!stop.wasAsked()) throw error;
  }
}

/** For test runs: their data ends with them. */
const THROWAWAY = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' };

interface Stop {
  (reason: string): void;
  /** Ends everything without a word; resolves when it has. */
  quietly(): Promise<void>;
  wasAsked(): boolean;
}

function stopOnce(stack: DevelopmentStack, steps: StepList): Stop {
  let stopping: Promise<void> | undefined;
  let asked = false;
  const quietly = () => (stopping ??= stack.stop());
  const stop = (reason: string) => {
    if (stopping) return;
    asked = true;
    steps.close();
    const started = performance.now();
    process.stdout.write(`\nStopping (${reason}) …\n`);
    void quietly().then(() => {
      process.stdout.write(`Stopped after ${((performance.now() - started) / 1000).toFixed(1)} s.\n`);
      process.exit(0);
    });
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(signal));
  // A terminal that was closed takes nothing more; what runs on has to end all the same.
  process.stdout.on('error', () => stop('the terminal is gone'));
  return Object.assign(stop, { quietly, wasAsked: () => asked });
}

/** `npm run dev` builds, and says here which programs have changed. */
function restartOnDemand(stack: DevelopmentStack, steps: StepList, stop: (reason: string) => void): void {
  if (!process.channel) return;
  let last: Promise<void> = Promise.resolve();
  process.on('message', ({ restart, migrate }: { restart: string[]; migrate: boolean }) => {
    last = last
      .then(() => stack.restart(restart, migrate))
      .catch((error: unknown) => void process.stderr.write(describe(error, false)))
      .finally(() => steps.close());
  });
  process.once('disconnect', () => stop('its parent is gone'));
}

/** A test run that started this and was killed takes it along. */
function followProcess(stop: (reason: string) => void): void {
  const pid = Number(process.env.GATEHOUSE_FOLLOW_PID);
  const mark = pid ? markOf(pid) : undefined;
  if (!mark) return;
  setInterval(() => isAlive(mark) || stop(`process ${pid} is gone`), 1_000).unref();
}
