import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { Msg } from '@nats-io/transport-node';
import { Log } from '#boot';
import { Internal, type AppName, type Command } from '#contracts';
import { BusConnection } from '../connection/bus-connection.js';
import { inboxPrefix } from '../connection/inbox.js';
import { Answering, type Answered, type Arrived } from './answering.js';
import { decodeHeaders } from './call-headers.js';
import type { CommandRoute } from './command-handlers.js';
import { CommandMetrics, type IgnoredReason } from './command-metrics.js';
import { Slots } from './slots.js';

/** How long commands in flight may take to end when the app stops. */
const DRAIN_MS = 10_000;

/** A command with what bounds it. */
export interface Served extends CommandRoute {
  slots: Slots;
  /** What a reply subject of each allowed caller looks like. */
  replies: ReadonlyMap<string, RegExp>;
}

/** Takes commands from the wire to their answers. */
@Injectable()
export class CommandWork {
  private readonly inFlight = new Set<Promise<void>>();

  constructor(
    private readonly link: BusConnection,
    private readonly answering: Answering,
    private readonly observed: CommandMetrics,
    private readonly log: Log,
  ) {}

  /** Gives each command its bound. */
  serve(routes: CommandRoute[]): Served[] {
    const served = routes.map((route) => ({
      ...route,
      slots: new Slots(route.command.concurrency),
      replies: replyPatterns(route.command),
    }));
    this.observed.follow(new Map(served.map((s) => [s.command.name, s.slots])));
    return served;
  }

  /** Nothing of a command is looked at before its caller, its reply subject and its deadline hold. */
  take(served: Served, msg: Msg): void {
    const { command } = served;
    const caller = msg.subject.split('.', 2)[1] as AppName;
    const reply = msg.reply;
    const pattern = served.replies.get(caller);
    if (!pattern) return this.ignore(served, 'caller', { caller });
    if (!reply) return this.ignore(served, 'no_reply', { caller });
    if (!pattern.test(reply)) return this.ignore(served, 'reply', { caller, reply });
    const now = Date.now();
    const headers = decodeHeaders(msg.headers, now + command.timeoutMs);
    if (headers.deadline <= now) return this.ignore(served, 'expired');
    const work = this.answer(served, { route: served, caller, headers, text: msg.string() }, reply);
    this.inFlight.add(work);
    void work.finally(() => this.inFlight.delete(work));
  }

  /** Resolves when nothing is in flight any more, or the time for that is up. */
  async finish(): Promise<void> {
    const over = sleep(DRAIN_MS, true, { ref: false });
    while (this.inFlight.size) {
      const late = await Promise.race([Promise.all(this.inFlight).then(() => false), over]);
      if (late)
        return this.log.error('commands were still at work when the app stopped', { commands: this.inFlight.size });
    }
  }

  private ignore({ command }: Served, reason: IgnoredReason, audit?: { caller: string; reply?: string }): void {
    this.observed.ignored(command.name, reason);
    if (!audit) return;
    this.log.warn('a command was refused', { audit: 'bus.command.refused', command: command.name, reason, ...audit });
  }

  private async answer({ command, slots }: Served, arrived: Arrived, reply: string): Promise<void> {
    const begun = performance.now();
    let answered: Answered;
    try {
      const ok = await slots.run(arrived.headers.deadline, () => this.answering.run(arrived));
      answered = { answer: { ok: ok ?? {} }, outcome: 'ok' };
    } catch (error) {
      answered = this.answering.failed(arrived, error);
    }
    this.respond(command.name, reply, answered.answer);
    this.observed.observe(command.name, answered.outcome, (performance.now() - begun) / 1_000);
  }

  private respond(command: string, reply: string, answer: Answered['answer']): void {
    try {
      this.link.current.publish(reply, JSON.stringify(answer));
    } catch (error) {
      this.log.error(`the answer to ${command} cannot be sent`, { command, error });
      // Too large, or not JSON: the caller should not have to wait for its time-out.
      if (!this.link.current.isClosed()) this.link.current.publish(reply, BROKEN);
    }
  }
}

const BROKEN = JSON.stringify({ error: Internal.with().toWire() });

/**
 * `_INBOX_<caller>.<replica>.<service>.<id>` for each caller of the contract: any other reply subject could be another's
 * inbox, a command, or the broker's API.
 */
const replyPatterns = ({ callers, service }: Command): Map<string, RegExp> =>
  new Map(callers.map((caller) => [caller, new RegExp(`^${inboxPrefix(caller)}\\.\\w+\\.${service}\\.\\w+$`)]));
