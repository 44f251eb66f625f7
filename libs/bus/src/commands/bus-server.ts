import { Injectable } from '@nestjs/common';
import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { BusConnection } from '../connection/bus-connection.js';

/** Answers the app's commands: the transport strategy of its Nest microservice. */
@Injectable()
export class BusServer extends Server implements CustomTransportStrategy {
  constructor(private readonly link: BusConnection) {
    super();
  }

  override listen(callback: (error?: unknown) => void): void {
    callback();
  }

  override close(): void {}

  override on(): void {}

  override unwrap<T>(): T {
    return this.link.current as T;
  }
}
