import { randomBytes } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Msg, MsgHdrs, PermissionViolationError } from '@nats-io/transport-node';
import { Log, Metrics } from '#boot';
import { Unavailable, type Refusal } from '#contracts';
import { BusConnection } from '../connection/bus-connection.js';
import { inboxPrefix } from '../connection/inbox.js';
import { Subscriptions } from '../connection/subscriptions.js';
import { readAnswer, type AnswerEnvelope } from './envelope.js';

interface Waiting {
  subject: string;
  resolve: (answer: AnswerEnvelope) => void;
  reject: (refusal: Refusal) => void;
  timer: NodeJS.Timeout;
}

/** One question on its way. */
export interface Question {
  subject: string;
  /** The app that answers; its name stands in the reply subject, and the broker lets only that app answer there. */
  service: string;
  body: string;
  headers: MsgHdrs;
  timeoutMs: number;
}

/**
 * All answers of this process on one subscription. Only an answer to a question that is still open, from the service
 * that was asked, in the right shape, settles anything; whatever else arrives is counted and dropped.
 */
@Injectable()
export class Replies implements OnModuleInit {
  private readonly prefix: string;
  private readonly waiting = new Map<string, Waiting>();
  private next = 0;
  private dropped!: (reason: 'unknown' | 'malformed') => void;

  constructor(
    private readonly link: BusConnection,
    private readonly subscriptions: Subscriptions,
    private readonly metrics: Metrics,
    private readonly log: Log,
  ) {
    this.prefix = `${inboxPrefix(link.options.app)}.${randomBytes(9).toString('hex')}.`;
  }

  onModuleInit(): void {
    const counter = this.metrics.counter('gatehouse_bus_dropped_answers_total', 'Answers nobody waited for', [
      'reason',
    ]);
    this.dropped = (reason) => counter.inc({ reason });
    this.subscriptions.keep({ subject: `${this.prefix}>`, handle: (msg) => this.receive(msg) });
    this.link.onLost(() => this.giveUpAll());
    this.link.onRefused((violation) => this.giveUpRefused(violation));
  }

  /** @throws Refusal `unavailable` when there is no answer: at once when that is known, else when the time is up. */
  ask(question: Question): Promise<AnswerEnvelope> {
    const id = `${question.service}.${(this.next++).toString(36)}`;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.take(id)?.reject(unavailable('did not answer in time')), question.timeoutMs);
      this.waiting.set(id, { subject: question.subject, resolve, reject, timer });
      try {
        const { subject, body, headers } = question;
        this.link.current.publish(subject, body, { reply: this.prefix + id, headers });
      } catch (error) {
        this.take(id);
        reject(error as Error);
      }
    });
  }

  private receive(msg: Msg): void {
    const id = msg.subject.slice(this.prefix.length);
    if (!this.waiting.has(id)) return this.dropped('unknown');
    if (msg.data.length === 0 && msg.headers?.code === 503) {
      return this.take(id)!.reject(unavailable('has no replica that answers'));
    }
    const answer = readAnswer(msg.string());
    if (!answer) return this.dropped('malformed');
    this.take(id)!.resolve(answer);
  }

  private take(id: string): Waiting | undefined {
    const found = this.waiting.get(id);
    if (!found) return undefined;
    this.waiting.delete(id);
    clearTimeout(found.timer);
    return found;
  }

  /** Answers to what is under way may be lost with the connection; nobody should wait for them. */
  private giveUpAll(): void {
    for (const id of [...this.waiting.keys()]) this.take(id)?.reject(unavailable('was cut off'));
  }

  private giveUpRefused({ operation, subject }: PermissionViolationError): void {
    if (operation !== 'publish') return;
    this.log.error(`the broker refuses to take ${subject} from ${this.link.options.app}: mend its policy`, { subject });
    for (const [id, { subject: asked }] of [...this.waiting]) {
      if (asked === subject) this.take(id)?.reject(unavailable('may not be asked by this app'));
    }
  }
}

const unavailable = (what: string): Refusal =>
  Unavailable.with({ detail: `The service behind this request ${what}.`, retry_after: 1 });
