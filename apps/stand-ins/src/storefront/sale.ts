import { createHash, randomBytes, randomInt } from 'node:crypto';
import type { Subscriber } from './subscriber.js';

/** Gumroad's ids: URL-safe base64 of 16 bytes, with padding. */
export const gumroadId = (bytes: Buffer = randomBytes(16)): string =>
  `${bytes.subarray(0, 16).toString('base64url')}==`;

const idOf = (name: string): string => gumroadId(createHash('sha256').update(name).digest());

export const SELLER_ID = idOf('seller');

const PRICES: Record<string, number> = { lite: 1900, core: 4900, pro: 9900, enterprise: 49900 };

/** A sale in the shop's books. What a control may set has the name it has in Gumroad's ping. */
export interface Sale {
  id: string;
  created_at: string;
  order_number: number;
  email: string;
  full_name?: string;
  purchaser_id?: string;
  product_id: string;
  product_name: string;
  permalink: string;
  price: number;
  currency: string;
  quantity: number;
  variants?: Record<string, string>;
  offer_code?: string;
  url_params?: Record<string, string>;
  custom_fields?: Record<string, string>;
  subscription_id?: string;
  subscriber?: Subscriber;
  recurrence?: string;
  is_recurring_charge: boolean;
  is_preorder_authorization: boolean;
  is_gift_sender_purchase: boolean;
  is_gift_receiver_purchase: boolean;
  gifter_email?: string;
  gift_price?: number;
  /** The other side of a gift: the giver's sale names the receiver's. */
  gift_of?: Sale;
  is_bundle_purchase: boolean;
  is_bundle_product_purchase: boolean;
  license_key?: string;
  ip_country?: string;
  affiliate?: string;
  referrer: string;
  /** Left out of the API's answers until there was a refund, as in Gumroad. */
  refunded?: boolean;
  partially_refunded: boolean;
  disputed: boolean;
  dispute_won: boolean;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const amount = (value: unknown): number | undefined => (Number.isFinite(Number(value)) ? Number(value) : undefined);
const flag = (value: unknown): boolean => value === true || value === 'true';
const texts = (value: unknown): Record<string, string> | undefined =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, v]) => [name, String(v)]))
    : undefined;

function product(wish: Record<string, unknown>) {
  const permalink = text(wish['product_permalink'])?.split('/').pop() ?? 'pro';
  return {
    permalink,
    product_id: text(wish['product_id']) ?? idOf(`product ${permalink}`),
    product_name: text(wish['product_name']) ?? `${permalink.charAt(0).toUpperCase()}${permalink.slice(1)} license`,
    price: amount(wish['price'] ?? undefined) ?? PRICES[permalink] ?? 1000,
    currency: text(wish['currency']) ?? 'usd',
    quantity: amount(wish['quantity'] ?? undefined) ?? 1,
  };
}

function buyer(wish: Record<string, unknown>) {
  return {
    email: text(wish['email']) ?? 'buyer@example.com',
    full_name: text(wish['full_name']),
    purchaser_id: text(wish['purchaser_id']),
    ip_country: text(wish['ip_country']) ?? 'Germany',
    referrer: text(wish['referrer']) ?? 'direct',
    url_params: texts(wish['url_params']),
    custom_fields: texts(wish['custom_fields']),
  };
}

function kind(wish: Record<string, unknown>) {
  return {
    subscription_id: text(wish['subscription_id']),
    recurrence: text(wish['recurrence']),
    is_recurring_charge: flag(wish['is_recurring_charge']),
    is_preorder_authorization: flag(wish['is_preorder_authorization']),
    is_gift_sender_purchase: flag(wish['is_gift_sender_purchase']),
    is_gift_receiver_purchase: flag(wish['is_gift_receiver_purchase']),
    gifter_email: text(wish['gifter_email']),
    gift_price: amount(wish['gift_price'] ?? undefined),
    is_bundle_purchase: flag(wish['is_bundle_purchase']),
    is_bundle_product_purchase: flag(wish['is_bundle_product_purchase']),
  };
}

/** Rings up a sale as the control's body wishes; what it leaves open has a shop's usual values. */
export function makeSale(wish: Record<string, unknown>): Sale {
  return {
    id: text(wish['sale_id']) ?? gumroadId(),
    created_at: text(wish['created_at']) ?? new Date().toISOString(),
    order_number: randomInt(100_000_000, 999_999_999),
    ...product(wish),
    ...buyer(wish),
    ...kind(wish),
    variants: texts(wish['variants']),
    offer_code: text(wish['offer_code']),
    license_key: text(wish['license_key']),
    affiliate: text(wish['affiliate']),
    partially_refunded: false,
    disputed: false,
    dispute_won: false,
  };
}
