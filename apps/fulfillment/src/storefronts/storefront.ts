import type { ErrorSpec, Store } from '#contracts';
import type { OrderSnapshot } from './order-snapshot.js';

/** What came in, as far as it can be told without asking the store. */
export type PingDescription =
  | { kind: 'order'; order_id: string; resource: string; event_id?: string }
  /** Nothing that a license depends on. */
  | { kind: 'irrelevant'; resource: string; event_id?: string }
  | { kind: 'test'; order_id: string | null; resource: string | null; event_id?: string }
  | { kind: 'not_understood'; resource: string | null; why: string; event_id?: string };

export interface StoredPing {
  content_type: string;
  raw: Buffer;
}

/** What a ping proves itself with. */
export interface Credentials {
  /** Secret of the ping URL, for a store that signs nothing. */
  secret?: string | undefined;
  /** The store's signature header. */
  signature?: string | undefined;
  /** The body, byte for byte. */
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
  readonly store: Store;
  /** What a ping is answered that proves nothing. */
  readonly refusal: ErrorSpec;
  /** Whether a ping is the store's; takes the same time whatever it shows. */
  authenticate(credentials: Credentials): boolean;
  /** Never throws: what is not understood says so. */
  describe(ping: StoredPing): PingDescription;
  /**
   * The order as the store tells of it now; null when it knows no such order. What `orderId` names may turn out to be
   * part of another order (a payment of an invoice, a subscription): then the snapshot is that order's, by its own id.
   * Ids are unique among all stores: a store whose own are bare numbers puts its name in front.
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
  /**
   * Has the store notify us again of what `health` misses; left out where only a person can, in the store's own pages.
   * @throws StorefrontUnreachable
   */
  subscribe?(missing: readonly string[]): Promise<void>;
}
