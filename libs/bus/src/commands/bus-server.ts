import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Optional } from '@nestjs/common';
import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import type { Msg } from '@nats-io/transport-node';
import { Log, Shutdown } from '#boot';
import { Internal, type AppName } from '#contracts';
import { Transactions } from '#persistence';
import { BusConnection } from '../connection/bus-connection.js';
import { BusHealth } from '../connection/bus-health.js';
import { inboxPrefix } from '../connection/inbox.js';
import { KeptSubscription } from '../connection/kept-subscription.js';
import { Answering, type Answered, type Arrived } from './answering.js';
import { decodeHeaders } from './call-headers.js';
import { CommandHandlers, type CommandRoute } from './command-handlers.js';
import { CommandMetrics, type IgnoredReason } from './command-metrics.js';
import { Slots } from './slots.js';

/** How long commands in flight may take to end when the app stops. */
const DRAIN_MS = 10_000;

/** A command with what bounds it. */
interface Served extends CommandRoute {
  slots: Slots;
}

/**
 * Answers the app's commands: the transport strategy of its Nest microservice. Handlers are called directly, without
 * Nest's pipes, guards and interceptors and without RxJS.
 */
@Injectable()
export class BusServer extends Server implements CustomTransportStrategy {
  private readonly inFlight = new Set<Promise<void>>();
  private readonly answering: Answering;
  private subscriptions: KeptSubscription[] = [];
  private closing?: Promise<void>;

  constructor(
    private readonly link: BusConnection,
    private readonly busHealth: BusHealth,
    private readonly handlers: CommandHandlers,
    private readonly observed: CommandMetrics,
    private readonly log: Log,
    shutdown: Shutdown,
    @Optional() transactions?: Transactions,
  ) {
    super();
    this.answering = new Answering(log, transactions);
    shutdown.register('bus', 'commands', () => this.close());
    shutdown.register('bus', 'connection', async () => {
      await this.close();
      await this.link.close();
    });
  }

  /** Subscribes to exactly the commands that have handlers; they stand as soon as the broker is there. */
  override listen(callback: (error?: unknown) => void): void {
    try {
      const { app } = this.link.options;
      const served = this.handlers
        .routes(app)
        .map((route) => ({ ...route, slots: new Slots(route.command.concurrency) }));
      this.observed.follow(new Map(served.map((s) => [s.command.name, s.slots])));
      this.subscriptions = served.map((s) => this.subscribe(app, s));
      this.busHealth.watch(() => this.subscriptions.flatMap((s) => s.problem ?? []));
      callback();
    } catch (error) {
      callback(error);
    }
  }

  /** Takes no more commands, waits for those in flight and sends their answers. */
  override close(): Promise<void> {
    return (this.closing ??= this.drain());
  }

  override on(): void {}

  override unwrap<T>(): T {
    return this.link.current as T;
  }

  private async drain(): Promise<void> {
    await Promise.all(this.subscriptions.map((s) => s.drain()));
    const over = sleep(DRAIN_MS, undefined, { ref: false });
    while (this.inFlight.size) {
      const left = await Promise.race([Promise.all(this.inFlight).then(() => 0), over.then(() => this.inFlight.size)]);
      if (left) return this.log.error('commands were still at work when the app stopped', { commands: left });
    }
    if (this.link.up) await Promise.race([this.link.current.flush().catch(() => undefined), over]);
  }

  private subscribe(app: AppName, served: Served): KeptSubscription {
    return new KeptSubscription(this.link, this.log, {
      subject: `cmd.*.${served.command.name}`,
      queue: app,
      handle: (msg) => {
        const work = this.take(served, msg);
        if (!work) return;
        this.inFlight.add(work);
        void work.finally(() => this.inFlight.delete(work));
      },
    });
  }

  /** Nothing of a command is looked at before its caller, its reply subject and its deadline hold. */
  private take(served: Served, msg: Msg): Promise<void> | undefined {
    const { command } = served;
    const caller = msg.subject.split('.', 2)[1] as AppName;
    const reply = msg.reply;
    if (!command.callers.includes(caller)) return this.ignore(served, 'caller', { caller });
    if (!reply) return this.ignore(served, 'no_reply', { caller });
    if (!isInboxOf(caller, command.service, reply)) return this.ignore(served, 'reply', { caller, reply });
    const now = Date.now();
    const headers = decodeHeaders(msg.headers, now + command.timeoutMs);
    if (headers.deadline <= now) return this.ignore(served, 'expired');
    return this.answer(served, { route: served, caller, headers, text: msg.string() }, reply);
  }

  private ignore({ command }: Served, reason: IgnoredReason, audit?: { caller: string; reply?: string }): undefined {
    this.observed.ignored(command.name, reason);
    if (audit)
      this.log.warn('a command was refused', { audit: 'bus.command.refused', command: command.name, reason, ...audit });
    return undefined;
  }

  private async answer({ command, slots }: Served, arrived: Arrived, reply: string): Promise<void> {
    const begun = performance.now();
    const { answer, outcome } = await slots
      .run(arrived.headers.deadline, () => this.answering.run(arrived))
      .then((ok): Answered => ({ answer: { ok: ok ?? {} }, outcome: 'ok' }))
      .catch((error: unknown) => this.answering.failed(arrived, error));
    this.respond(command.name, reply, answer);
    this.observed.observe(command.name, outcome, (performance.now() - begun) / 1_000);
  }

  private respond(command: string, reply: string, answer: Answered['answer']): void {
    try {
      const nc = this.link.current;
      try {
        nc.publish(reply, JSON.stringify(answer));
      } catch (error) {
        // Too large, or not JSON: the caller should not have to wait for its time-out.
        this.log.error(`the answer to ${command} cannot be sent`, { command, error });
        if (!nc.isClosed()) nc.publish(reply, JSON.stringify({ error: Internal.with().toWire() }));
      }
    } catch (error) {
      this.log.error(`the answer to ${command} was lost`, { command, error });
    }
  }
}

/** `_INBOX_<caller>.<replica>.<service>.<id>`: anything else could be another's inbox, a command, or the broker's API. */
function isInboxOf(caller: AppName, service: AppName, reply: string): boolean {
  const [prefix, replica, answering, id, ...rest] = reply.split('.');
  if (prefix !== inboxPrefix(caller) || answering !== service || rest.length) return false;
  return /^\w+$/.test(replica ?? '') && /^\w+$/.test(id ?? '');
}
