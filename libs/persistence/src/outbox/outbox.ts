import { EventEmitter } from 'node:events';
import { Injectable } from '@nestjs/common';
import { parse, Refusal, type DomainEvent } from '#contracts';
import { newId } from '../ids/new-id.js';
import { Transactions } from '../transactions/transactions.js';
import { eventHeaders, printable } from './event-headers.js';
import type { OutboxRow } from './outbox-row.js';

export interface AppendOptions {
  /** What the event is about; events of one key keep their order. */
  key?: string;
  note?: string;
}

/** Events leave through here: written with the state that they tell of, published after the commit. */
@Injectable()
export class Outbox {
  private readonly signal = new EventEmitter();

  constructor(private readonly tx: Transactions) {}

  /**
   * Writes one row into `outbox`, within the open transaction when there is one, and wakes the relay after it.
   * @param options.note words of staff for the audit log: they stay in the table, and the bus does not carry them
   */
  async append<D extends object>(event: DomainEvent<D>, data: D, options: AppendOptions = {}): Promise<void> {
    const row = this.row(event, data, options.key);
    if (options.note) row.headers = { ...row.headers, _note: printable(options.note) };
    await this.tx.execute('insert into outbox (id, event, key, data, headers) values ($1, $2, $3, $4, $5)', [
      row.id,
      row.event,
      row.key,
      row.data,
      row.headers,
    ]);
    this.wake();
  }

  /** {@link append} for many events of one kind, in their order and in one statement. */
  async appendAll<D extends object>(event: DomainEvent<D>, all: readonly { data: D; key?: string }[]): Promise<void> {
    if (all.length === 0) return;
    const rows = all.map(({ data, key }) => this.row(event, data, key));
    await this.tx.execute(
      `insert into outbox (id, event, key, data, headers)
       select * from unnest($1::uuid[], $2::text[], $3::text[], $4::jsonb[], $5::jsonb[])`,
      [
        rows.map(({ id }) => id),
        rows.map((row) => row.event),
        rows.map(({ key }) => key),
        rows.map(({ data }) => JSON.stringify(data)),
        rows.map(({ headers }) => JSON.stringify(headers)),
      ],
    );
    this.wake();
  }

  /**
   * The row of an event, for statements that insert it themselves; call {@link wake} with them.
   * @throws Error when `data` breaks the event's own rules
   */
  row<D extends object>(event: DomainEvent<D>, data: D, key?: string): OutboxRow {
    return { id: newId(), event: event.name, key: key ?? null, data: checked(event, data), headers: eventHeaders() };
  }

  /** Tells the relay that there is something to publish: after the commit, or at once when no transaction is open. */
  wake(): void {
    this.tx.afterCommit(() => this.signal.emit('wake'));
  }

  /** Calls `listener` whenever this process has committed events; returns how to stop that. */
  onWake(listener: () => void): () => void {
    this.signal.on('wake', listener);
    return () => this.signal.off('wake', listener);
  }
}

function checked<D extends object>(event: DomainEvent<D>, data: D): D {
  try {
    return parse(event.data, data);
  } catch (error) {
    // It is our own mistake, so it must not reach the caller as a mistake of the request.
    const detail = error instanceof Refusal ? (error.extras.detail ?? error.title) : String(error);
    throw new Error(`event ${event.name} cannot be emitted: ${detail}`, { cause: error });
  }
}
