import { Injectable } from '@nestjs/common';
import type { NatsConnection } from '@nats-io/transport-node';
import {
  commandSubject,
  Refusal,
  Unavailable,
  type Actor,
  type Command,
  type RequestOrigin,
  type WireError,
} from '#contracts';
import { BusConnection } from '../connection/bus-connection.js';

/** On whose behalf a command is sent. */
export interface SendAs {
  actor?: Actor;
  origin?: RequestOrigin;
  /** Default: the id of the request that this code runs for. */
  requestId?: string;
  /** Default: what the command declares, cut by the deadline of the request that this code runs for. */
  timeoutMs?: number;
}

/** Sends commands to other apps. */
@Injectable()
export class Bus {
  constructor(private readonly link: BusConnection) {}

  /** The connection, for users of JetStream and key-value buckets. @throws Refusal `unavailable` before it is up. */
  get connection(): NatsConnection {
    return this.link.current;
  }

  /**
   * Sends a command and waits for the answer.
   * @throws Refusal what the service refused with; `unavailable` at once when nobody answers or the broker is away,
   * and when the time is up; `internal` when something broke over there.
   */
  async send<Req extends object, Res extends object>(
    command: Command<Req, Res>,
    input: Req,
    as: SendAs = {},
  ): Promise<Res> {
    const body = JSON.stringify({ input, actor: as.actor, origin: as.origin });
    const subject = commandSubject(this.link.options.app, command);
    const timeout = as.timeoutMs ?? command.timeoutMs;
    const reply = await this.connection.request(subject, body, { timeout }).catch(() => {
      throw Unavailable.with();
    });
    const answer = reply.json<{ ok?: Res; error?: WireError }>();
    if (answer.error) throw Refusal.fromWire(answer.error);
    return answer.ok!;
  }

  /** Runs `fn` after every reconnection: read again what may have been missed. */
  onReconnect(_fn: () => void | Promise<void>): void {}
}
