import { Injectable } from '@nestjs/common';
import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { BusConnection } from '../connection/bus-connection.js';
import type { KeptSubscription } from '../connection/kept-subscription.js';
import { Subscriptions } from '../connection/subscriptions.js';
import { CommandHandlers } from './command-handlers.js';
import { CommandWork } from './command-work.js';

/**
 * Answers the app's commands: the transport strategy of its Nest microservice. Handlers are called directly, without
 * Nest's pipes, guards and interceptors and without RxJS.
 */
@Injectable()
export class BusServer extends Server implements CustomTransportStrategy {
  private kept: KeptSubscription[] = [];
  private closing?: Promise<void>;

  constructor(
    private readonly link: BusConnection,
    private readonly subscriptions: Subscriptions,
    private readonly handlers: CommandHandlers,
    private readonly work: CommandWork,
  ) {
    super();
  }

  /** Subscribes to exactly the commands that have handlers; they stand as soon as the broker is there. */
  override listen(callback: (error?: unknown) => void): void {
    try {
      const { app } = this.link.options;
      this.kept = this.work.serve(this.handlers.routes(app)).map((served) =>
        this.subscriptions.keep({
          subject: `cmd.*.${served.command.name}`,
          queue: app,
          handle: (msg) => this.work.take(served, msg),
        }),
      );
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

  /** Draining the connection alone would lose the answers of what is still at work. */
  private async drain(): Promise<void> {
    await Promise.all(this.kept.map((s) => s.drain()));
    await this.work.finish();
    await this.link.flush();
  }
}
