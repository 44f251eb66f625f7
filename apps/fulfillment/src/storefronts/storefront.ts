import type { OrderSnapshot } from './order-snapshot.js';

/** What came in, as far as it can be told without asking the store. */
export type PingDescription =
  | { kind: 'order'; order_id: string; resource: string }
  | { kind: 'test'; order_id: string | null; resource: string | null }
  | { kind: 'not_understood'; resource: string | null; why: string };

export interface StoredPing {
  content_type: string;
  raw: Buffer;
}

export interface OrderPage {
  orders: OrderSnapshot[];
  next_cursor: string | null;
}

/** Whether the store can be asked, and which of its notifications do not reach us. */
export interface StorefrontHealth {
  missing: string[];
}

/** The store could not be asked; it is worth another try. */
export class StorefrontUnreachable extends Error {
  override readonly name = 'StorefrontUnreachable';
}

/** One store. It turns whatever arrives into snapshots, and never decides. */
export interface Storefront {
  readonly store: 'gumroad';
  /** Whether the secret that came with a ping is ours; takes the same time whatever it is. */
  authenticate(secret: string | undefined): boolean;
  /** Never throws: what is not understood says so. */
  describe(ping: StoredPing): PingDescription;
  /**
   * The order as the store tells of it now; null when it knows no such order.
   * @param pings what has arrived about it, for a store that may not be asked.
   * @throws StorefrontUnreachable
   */
  fetchOrder(orderId: string, pings: () => Promise<StoredPing[]>): Promise<OrderSnapshot | null>;
  /**
   * Orders that were made on `after` or later (a day), newest first.
   * @throws StorefrontUnreachable
   */
  listOrders(window: { after: string; before?: string }, cursor?: string): Promise<OrderPage>;
  /** @throws StorefrontUnreachable */
  health(): Promise<StorefrontHealth>;
}
