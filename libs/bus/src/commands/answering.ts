import { Injectable, Optional } from '@nestjs/common';
import { Log, requestContext } from '#boot';
import { Internal, parse, Refusal, type AppName, type Call } from '#contracts';
import { Transactions } from '#persistence';
import { askerOf } from './asker.rules.js';
import type { CallHeaders } from './call-headers.js';
import type { CommandRoute } from './command-handlers.js';
import { readCommand, type AnswerEnvelope } from './envelope.js';

/** What came of a command, for its metric. */
export type Outcome = 'ok' | 'refused' | 'overloaded' | 'internal';

export interface Answered {
  answer: AnswerEnvelope;
  outcome: Outcome;
}

/** A command as it arrived, with its caller and headers already checked. */
export interface Arrived {
  route: CommandRoute;
  caller: AppName;
  headers: CallHeaders;
  text: string;
}

/** Runs the handler of a command as its contract says; every failure becomes an answer. */
@Injectable()
export class Answering {
  constructor(
    private readonly log: Log,
    @Optional() private readonly transactions?: Transactions,
  ) {}

  /** Checks the input again (the bus is not trusted), opens the transaction, and answers after its commit. */
  run({ route, caller, headers, text }: Arrived): Promise<object> {
    const { input, actor, origin } = readCommand(text);
    const checked = parse(route.command.request, input);
    const { requestId, deadline, traceparent } = headers;
    const call: Call = { caller, actor, origin: origin ?? {}, request_id: requestId, deadline };
    const work = (): Promise<object> => route.call(checked, call);
    return requestContext.run({ requestId, deadline, traceparent, asker: askerOf(actor, origin) }, () =>
      route.transaction && this.transactions ? this.transactions.run(work) : work(),
    );
  }

  /** A refusal crosses as it is; anything else is logged whole here and crosses without text. */
  failed({ route, headers }: Arrived, error: unknown): Answered {
    if (error instanceof Refusal) {
      if (error.kind === 'internal') this.tell(route, headers, error);
      return { answer: { error: error.toWire() }, outcome: error.code === 'overloaded' ? 'overloaded' : 'refused' };
    }
    this.tell(route, headers, error);
    return { answer: { error: Internal.with().toWire() }, outcome: 'internal' };
  }

  private tell(route: CommandRoute, headers: CallHeaders, error: unknown): void {
    const { requestId, traceparent } = headers;
    requestContext.run({ requestId, traceparent }, () =>
      this.log.error(`${route.command.name} failed`, { command: route.command.name, handler: route.name, error }),
    );
  }
}
