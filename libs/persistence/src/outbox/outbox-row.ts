/** An event as it waits in the table `outbox`. */
export interface OutboxRow {
  /** Event id: `Nats-Msg-Id` on the bus. */
  id: string;
  event: string;
  /** What the event is about; events of one key keep their order. */
  key: string | null;
  data: object;
  /** Bus headers, e.g. `traceparent`, and what stays here: see `PRIVATE_HEADER`. */
  headers: Record<string, string>;
}

export interface StoredOutboxRow extends OutboxRow {
  seq: string;
  at: Date;
}
