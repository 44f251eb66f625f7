import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { JsMsg } from '@nats-io/jetstream';
import { Log, Metrics, requestContext } from '#boot';
import { parse, Refusal } from '#contracts';
import { REQUEST_ID_HEADER, TRACE_HEADER } from '../commands/call-headers.js';
import { afterFailure, eventIdOf, MalformedEventError, reasonOf } from './delivery.rules.js';
import { EventApplication } from './event-application.js';
import type { EventRoute } from './event-handlers.js';
import { giveBack } from './give-back.js';
import { FailedTries } from './failed-tries.js';
import type { EventMeta } from './listens.js';

/** How long an event waits that this replica cannot settle itself. */
const LATER_MS = 5_000;

type Outcome = 'handled' | 'duplicate' | 'retried' | 'dead' | 'unknown' | 'unsettled';

/** Takes one delivered message to its end: acknowledged, tried again later, or buried. */
@Injectable()
export class EventDelivery {
  private readonly failedTries = new FailedTries();

  constructor(
    private readonly application: EventApplication,
    private readonly metrics: Metrics,
    private readonly log: Log,
  ) {}

  /** Never rejects. */
  async deliver(routes: ReadonlyMap<string, EventRoute>, msg: JsMsg): Promise<void> {
    const name = msg.subject.slice('evt.'.length);
    const route = routes.get(name);
    const begun = performance.now();
    const context = {
      requestId: header(msg, REQUEST_ID_HEADER) || randomUUID(),
      traceparent: header(msg, TRACE_HEADER),
    };
    const outcome = await requestContext.run(context, () => this.settle(msg, name, route));
    // Names of events that no method takes come from outside and have no bound.
    this.observe(route ? name : 'unknown', outcome, (performance.now() - begun) / 1_000);
  }

  private async settle(msg: JsMsg, name: string, route: EventRoute | undefined): Promise<Outcome> {
    try {
      if (!route) return this.later(msg, name);
      return await this.handle(msg, route);
    } catch (error) {
      // The database that would keep the dead letter is away as well, or the broker that is to be told.
      this.log.warn('an event could not be settled; it comes again', { event: name, error });
      giveBack(msg, LATER_MS);
      return 'unsettled';
    }
  }

  /** An older replica meets an event of a newer release: a newer replica will take it. */
  private later(msg: JsMsg, name: string): Outcome {
    this.log.error(`no method listens to ${name}`, { event: name });
    msg.nak(LATER_MS);
    return 'unknown';
  }

  private async handle(msg: JsMsg, route: EventRoute): Promise<Outcome> {
    const raw = readJson(msg);
    const meta = metaOf(msg, route, raw);
    let applied: boolean;
    try {
      applied = await this.application.apply(route, checked(route, raw), meta);
    } catch (error) {
      return this.failed(msg, meta, raw, error);
    }
    // What fails from here on is no failure of its handling, which has taken effect.
    this.failedTries.forget(`${meta.event} ${meta.id}`);
    msg.ack();
    return applied ? 'handled' : 'duplicate';
  }

  private async failed(msg: JsMsg, meta: EventMeta, raw: unknown, error: unknown): Promise<Outcome> {
    const { id, event, tries } = meta;
    const name = `${event} ${id}`;
    const next = afterFailure(error, { tries, broken: this.failedTries.note(name, tries, error) });
    if (next !== 'dead') {
      this.log.warn(`${event} failed; it is tried again`, {
        event,
        event_id: id,
        tries,
        retry_ms: next.retryMs,
        error,
      });
      msg.nak(next.retryMs);
      return 'retried';
    }
    const data = isObject(raw) ? raw : { raw: msg.string().slice(0, 10_000) };
    const kept = await this.application.bury({ event_id: id, event, data, error: reasonOf(error), tries });
    this.log.error(kept ? `${event} is a dead letter now` : `${event} is given up`, {
      event,
      event_id: id,
      tries,
      error,
    });
    msg.term('given up');
    this.failedTries.forget(name);
    return 'dead';
  }

  private observe(event: string, outcome: Outcome, seconds: number): void {
    const labels = ['event', 'outcome'] as const;
    this.metrics
      .histogram('gatehouse_event_seconds', 'Time to handle a delivered event', labels)
      .observe({ event, outcome }, seconds);
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const header = (msg: JsMsg, name: string): string | undefined => msg.headers?.get(name) || undefined;

function readJson(msg: JsMsg): unknown {
  try {
    return msg.json();
  } catch {
    return undefined;
  }
}

function metaOf(msg: JsMsg, { event }: EventRoute, raw: unknown): EventMeta {
  const { streamSequence, deliveryCount, timestampNanos } = msg.info;
  return {
    id: eventIdOf(event, raw, header(msg, 'Nats-Msg-Id'), streamSequence),
    event: event.name,
    at: new Date(timestampNanos / 1e6),
    tries: deliveryCount,
  };
}

function checked({ event }: EventRoute, raw: unknown): object {
  try {
    return parse(event.data, raw);
  } catch (error) {
    const detail = error instanceof Refusal ? error.message : String(error);
    throw new MalformedEventError(`the data of ${event.name} break its contract: ${detail}`);
  }
}
