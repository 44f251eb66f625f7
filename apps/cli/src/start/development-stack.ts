import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DATA_APPS, type BusUser } from '#contracts';
import {
  ensureDatabases,
  LocalProblem,
  obtainNatsServer,
  Program,
  startNats,
  startPostgres,
  type DevInfo,
  type ProgramSpec,
  type RunningNats,
  type RunningPostgres,
} from '#local';
import { openState, type OpenedState } from '../state/state.js';
import type { StateFolder } from '../state/state-folder.js';
import { gatherDevInfo, writeDevInfo, type Running } from './dev-info.js';
import { brokerConf, migrateStack } from './side-commands.js';
import { choosePorts, type Ports } from './ports.js';
import { Programs } from './programs.js';
import { claim, endLeftovers, ProcessRecord, release } from './starter-lock.js';
import type { StepList } from './step-list.js';

export interface StackOptions {
  folder: StateFolder;
  env: NodeJS.ProcessEnv;
  steps: Pick<StepList, 'run' | 'say'>;
  /** Gets what the programs print, besides their logs. */
  echo?: ProgramSpec['echo'];
  /** Postgres settings, for data that nobody will miss. */
  postgresSettings?: Record<string, string>;
}

/** Stop order, first to last: who takes work first, who is needed by others last. */
const STOP_ORDER: readonly (readonly string[])[] = [
  ['gateway', 'realtime'],
  ['identity', 'licensing', 'fulfillment'],
  ['secrets', 'stand-ins'],
];
/** A program that has not ended by then is killed; a whole stop stays below five seconds. */
const GRACE_MS = 1_300;
/** Between two tries to start a server that keeps dying. */
const LONGEST_WAIT_MS = 30_000;
/** How long after a first problem others are still told with it. */
const SECOND_PROBLEM_MS = 2_500;

/** The whole of Gatehouse on this machine: two servers, the stand-ins and the six apps. */
export class DevelopmentStack {
  /** By name: the apps and `stand-ins`. */
  readonly programs = new Map<string, Program>();
  postgres?: RunningPostgres;
  nats?: RunningNats;
  /** Whether this start made the state folder. */
  fresh = false;
  private readonly record: ProcessRecord;
  private claimed = false;
  private stopping = false;
  private servers?: Promise<unknown>;
  private ports?: Ports;
  private running?: Running;

  constructor(private readonly options: StackOptions) {
    this.record = new ProcessRecord(options.folder);
  }

  /**
   * Starts everything and writes `dev.json`.
   * @throws LocalProblem when something cannot start; call {@link stop} then, too
   */
  async start(): Promise<DevInfo> {
    const { folder, steps, env } = this.options;
    const opened = await steps.run('State and keys', () => this.open());
    this.fresh = opened.fresh;
    const ports = await choosePorts(folder, opened.state, env);
    this.ports = ports;
    const [postgres, nats] = await this.startServers(opened, ports);
    const running: Running = { folder, opened, ports, postgres, nats };
    this.running = running;
    await steps.run('Tables and streams', () => migrateStack(running));
    const programs = new Programs(running, env, this.options.echo);
    await this.runAll([programs.standIns(), ...programs.apps()]);
    const info = await gatherDevInfo(running, env);
    writeDevInfo(folder, info);
    return info;
  }

  /** Starts programs again, after a change of their code. */
  async restart(names: readonly string[], migrate = false): Promise<void> {
    const { steps } = this.options;
    if (migrate && this.running) await steps.run('Tables and streams', () => migrateStack(this.running!));
    const programs = names.flatMap((name) => this.programs.get(name) ?? []);
    await Promise.all(
      programs.map((program) =>
        steps.run(program.spec.name, async () => {
          await program.stop(GRACE_MS);
          await program.start();
        }),
      ),
    );
  }

  /** Ends everything in order. Safe to call at any time, also while it starts. */
  async stop(): Promise<void> {
    this.stopping = true;
    for (const program of this.programs.values()) program.hold();
    for (const names of STOP_ORDER) await Promise.all(names.map((name) => this.programs.get(name)?.stop(GRACE_MS)));
    await this.servers;
    await this.nats?.stop();
    await this.postgres?.stop();
    this.ports?.letGo();
    if (this.claimed) release(this.options.folder);
  }

  private async open(): Promise<OpenedState> {
    const { folder, steps } = this.options;
    folder.make();
    claim(folder);
    this.claimed = true;
    const left = await endLeftovers(folder);
    if (left.length) steps.say(`Ended what an earlier start left behind: ${left.join(', ')}.`);
    return openState(folder, path.resolve('config/internal-callers.yaml'));
  }

  private async startServers(opened: OpenedState, ports: Ports): Promise<[RunningPostgres, RunningNats]> {
    const { steps } = this.options;
    // Settled, not all: a stop has to know of the one that came up although the other failed.
    const starts = Promise.allSettled([
      steps.run('Postgres', () => this.startPostgres(opened, ports)),
      steps.run('NATS', (note) => this.startNats(opened.busUsers, ports, note)),
    ]);
    this.servers = starts;
    const failed = (await starts).find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
    return [this.postgres!, this.nats!];
  }

  private async startPostgres({ state }: Pick<OpenedState, 'state'>, ports: Ports): Promise<void> {
    const { folder, postgresSettings: settings } = this.options;
    const [dir, log] = [folder.at('postgres'), folder.log('postgres')];
    const password = state.postgres.superuser;
    this.postgres = await startPostgres({ dir, log, password, settings, port: ports.of('postgres') });
    this.watch('Postgres', this.postgres, () => this.startPostgres({ state }, ports));
    const owners = DATA_APPS.map((name) => ({ name, password: state.postgres.roles[name] }));
    await ensureDatabases(this.postgres.url(), owners);
  }

  private async startNats(users: Record<BusUser, string>, ports: Ports, note: (text: string) => void): Promise<void> {
    const { folder } = this.options;
    const binary = await obtainNatsServer(note);
    const conf = (place: { port: number; storeDir: string }) => brokerConf(folder, { ...place, users });
    const place = { dir: folder.at('nats'), log: folder.log('nats'), port: ports.of('nats') };
    this.nats = await startNats({ ...place, conf, binary });
    this.watch('NATS', this.nats, () => this.startNats(users, ports, note));
  }

  /** A server that dies is started again on its data and its port: the apps come back to it by themselves. */
  private watch(name: string, server: RunningPostgres | RunningNats, again: () => Promise<void>): void {
    server.onExit(() => void this.revive(name, again));
  }

  private async revive(name: string, again: () => Promise<void>): Promise<void> {
    for (let wait = 1_000; !this.stopping; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      this.options.steps.say(`${name} ended by itself; starting it again.`);
      try {
        // Known to `stop`, which waits for a server that is coming up before it ends it.
        const coming = again();
        this.servers = Promise.allSettled([this.servers, coming]);
        return await coming;
      } catch (problem) {
        this.options.steps.say(
          `${name} did not start: ${problem instanceof Error ? problem.message : String(problem)}`,
        );
        await sleep(wait);
      }
    }
  }

  /** When one does not start, gives the others a moment to say what is wrong with them, too. */
  private async runAll(specs: ProgramSpec[]): Promise<void> {
    const problems: unknown[] = [];
    const runs = specs.map((spec) => this.run(spec).catch((problem: unknown) => void problems.push(problem)));
    const all = Promise.all(runs);
    while (!problems.length && (await Promise.race([all.then(() => true), sleep(50)])) !== true);
    if (!problems.length) return;
    await Promise.race([all, sleep(SECOND_PROBLEM_MS)]);
    throw combined(problems);
  }

  private async run(spec: ProgramSpec): Promise<void> {
    if (this.stopping) throw new Error('the start was given up');
    const program = new Program(spec, {
      onSpawn: this.record.add,
      onRestart: (name, why, ms) =>
        this.options.steps.say(`${name} ended (${why}); starting it again in ${ms / 1000} s. Log: ${spec.log}`),
    });
    this.programs.set(spec.name, program);
    await this.options.steps.run(spec.name, () => program.start());
  }
}

function combined(problems: unknown[]): unknown {
  const [first, ...others] = problems;
  if (!others.length || !(first instanceof LocalProblem)) return first;
  const texts = problems.map((problem) => (problem instanceof Error ? problem.message : String(problem)));
  return new LocalProblem(texts.join('\n'), first.fix, first.more && path.dirname(first.more));
}
