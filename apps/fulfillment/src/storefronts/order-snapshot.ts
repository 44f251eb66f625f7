/** What was bought, as far as its store names it. */
export interface ProductRef {
  id: string | null;
  /** Name of the product in addresses, where a store has such. */
  permalink: string | null;
  name: string | null;
  /** The option that was chosen, e.g. the tier of a membership; null: the product has none. */
  variant?: string | null;
}

/** A subscription as its store tells of it now. */
export interface SubscriptionSnapshot {
  id: string;
  /** `cancelled`: is not charged again, and what is paid stays; `ended`: over. */
  state: 'active' | 'cancelled' | 'ended';
  /** When access ends, for one that was cancelled or has ended; null: with what is paid. */
  access_until: string | null;
  /** What it is for from now on, where a store tells it apart from what was charged last; null: as charged last. */
  product: ProductRef | null;
  /** Its orders that the store names, the first sale among them when it can; in any order. */
  order_ids: string[];
}

/** An order as its store tells of it now. Whatever arrived and in which order: only this decides. */
export interface OrderSnapshot {
  order_id: string;
  /** Address typed at checkout; of a gift, the receiver's. */
  email: string | null;
  name: string | null;
  product: ProductRef;
  /**
   * `sale`: one that may make a license, the first of a subscription, too; `renewal`: a later charge of a subscription,
   * also the one of an upgrade; `gift_sent`: the giver's side of a gift; `preorder`: authorized, not paid;
   * `bundle_part`: came along with a bundle, which is an order of its own.
   */
  kind: 'sale' | 'renewal' | 'gift_sent' | 'preorder' | 'bundle_part';
  refund: 'none' | 'partial' | 'full';
  /** `lost`: the money is gone for good. */
  dispute: 'none' | 'open' | 'lost' | 'won';
  /** The seller bought from itself to try the shop. */
  test: boolean;
  price_cents: number | null;
  quantity: number;
  subscription_id: string | null;
  sold_at: string | null;
  /** Present on orders of subscriptions whose store tells more than their id. */
  subscription?: SubscriptionSnapshot | null;
  /** For how many months this charge of a subscription pays; null: as the product's mapping says. */
  period_months?: number | null;
  /** Until when this charge of a subscription pays, where the store says so; then it counts instead of the months. */
  paid_until?: string | null;
  /** Key of a license that the buyer renews with this order, as handed through the checkout. Not to be believed blindly. */
  renews?: string | null;
  /** The receiver's side of a gift. */
  gift?: boolean;
}
