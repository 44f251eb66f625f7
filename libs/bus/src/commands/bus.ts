import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { NatsConnection } from '@nats-io/transport-node';
import { requestContext } from '#boot';
import { commandSubject, Refusal, Unavailable, type Actor, type Command, type RequestOrigin } from '#contracts';
import { BusConnection } from '../connection/bus-connection.js';
import { encodeHeaders } from './call-headers.js';
import { Replies } from './replies.js';

/** On whose behalf a command is sent. */
export interface SendAs {
  actor?: Actor;
  origin?: RequestOrigin;
  /** Default: the id of the request that this code runs for. */
  requestId?: string;
  /** Default: what the command declares. It is cut by the deadline of the request that this code runs for. */
  timeoutMs?: number;
}

/** Sends commands to other apps. */
@Injectable()
export class Bus {
  private readonly subjects = new Map<string, string>();

  constructor(
    private readonly link: BusConnection,
    private readonly replies: Replies,
  ) {}

  /** The connection, for users of JetStream and key-value buckets. @throws Refusal `unavailable` before it is up. */
  get connection(): NatsConnection {
    return this.link.current;
  }

  /** Calls `fn` as soon as there is a connection: now, or when the first one is up. It outlives reconnections. */
  whenUp(fn: (connection: NatsConnection) => void): void {
    this.link.whenUp(fn);
  }

  /**
   * Sends a command and waits for the answer.
   * @throws Refusal what the service refused with; `unavailable` at once when nobody answers or the broker is away,
   * and when the time is up; `internal` when something broke over there.
   * @throws Error when the contract does not let this app send the command
   */
  async send<Req extends object, Res extends object>(
    command: Command<Req, Res>,
    input: Req,
    as: SendAs = {},
  ): Promise<Res> {
    const subject = this.subjectOf(command as unknown as Command);
    const context = requestContext.getStore();
    const now = Date.now();
    const deadline = Math.min(now + (as.timeoutMs ?? command.timeoutMs), context?.deadline ?? Infinity);
    if (deadline <= now) throw Unavailable.with({ detail: 'The time for this request is up.', retry_after: 1 });
    if (!this.link.up) throw Unavailable.with({ detail: 'The bus cannot be reached.', retry_after: 1 });
    const answer = await this.replies.ask({
      subject,
      service: command.service,
      body: JSON.stringify({ input, actor: as.actor, origin: as.origin }),
      headers: encodeHeaders({
        deadline,
        requestId: as.requestId ?? context?.requestId ?? randomUUID(),
        traceparent: context?.traceparent,
      }),
      timeoutMs: deadline - now,
    });
    if ('error' in answer) throw Refusal.fromWire(answer.error);
    return answer.ok as Res;
  }

  /** Runs `fn` after every reconnection, with all subscriptions in place: read again what may have been missed. */
  onReconnect(fn: () => void | Promise<void>): void {
    this.link.onReconnect(fn);
  }

  /** Calls `fn` whenever the connection is lost: from then on events may be missed. */
  onLost(fn: () => void): void {
    this.link.onLost(fn);
  }

  private subjectOf(command: Command): string {
    const known = this.subjects.get(command.name);
    if (known) return known;
    const { app } = this.link.options;
    if (!command.callers.includes(app)) throw new Error(`${app} is not among the callers of ${command.name}`);
    const subject = commandSubject(app, command);
    this.subjects.set(command.name, subject);
    return subject;
  }
}
