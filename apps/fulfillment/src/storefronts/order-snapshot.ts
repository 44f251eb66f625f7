/** An order as its store tells of it now. Whatever arrived and in which order: only this decides. */
export interface OrderSnapshot {
  order_id: string;
  /** Address typed at checkout. */
  email: string | null;
  name: string | null;
  product: { id: string | null; permalink: string | null; name: string | null };
  /** `sale`: one that may make a license; the others have their own rules. */
  kind: 'sale' | 'renewal' | 'gift_sent' | 'preorder';
  refund: 'none' | 'partial' | 'full';
  dispute: 'none' | 'open' | 'won';
  /** The seller bought from itself to try the shop. */
  test: boolean;
  price_cents: number | null;
  quantity: number;
  subscription_id: string | null;
  sold_at: string | null;
}
