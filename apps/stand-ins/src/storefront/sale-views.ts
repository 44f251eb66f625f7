import { SELLER_ID, type Sale } from './sale.js';

const SHOP = 'https://example.gumroad.com';
const fee = (sale: Sale): number => Math.round(sale.price * 0.1) + 50;

/** A sale in an answer of Gumroad's API v2. Members that are null there are left out, but for `card`. */
export function saleForApi(sale: Sale): Record<string, unknown> {
  const view: Record<string, unknown> = {
    id: sale.id,
    email: sale.email,
    seller_id: SELLER_ID,
    timestamp: 'less than a minute ago',
    daystamp: sale.created_at,
    created_at: sale.created_at,
    product_name: sale.product_name,
    product_has_variants: sale.variants !== undefined,
    price: sale.price,
    gumroad_fee: fee(sale),
    is_bundle_purchase: sale.is_bundle_purchase,
    is_bundle_product_purchase: sale.is_bundle_product_purchase,
    product_id: sale.product_id,
    product_permalink: sale.permalink,
    refunded: sale.refunded,
    partially_refunded: sale.partially_refunded,
    chargedback: sale.disputed && !sale.dispute_won,
    purchase_email: sale.email,
    gifter_email: sale.gifter_email,
    full_name: sale.full_name,
    country: sale.ip_country,
    paid: sale.price !== 0,
    has_variants: sale.variants !== undefined,
    variants: sale.variants,
    has_custom_fields: sale.custom_fields !== undefined,
    custom_fields: sale.custom_fields ?? {},
    order_id: sale.order_number,
    is_product_physical: false,
    purchaser_id: sale.purchaser_id,
    is_recurring_billing: sale.subscription_id !== undefined,
    disputed: sale.disputed,
    dispute_won: sale.dispute_won,
    is_gift_sender_purchase: sale.is_gift_sender_purchase,
    is_gift_receiver_purchase: sale.is_gift_receiver_purchase,
    referrer: sale.referrer,
    license_key: sale.license_key,
    quantity: sale.quantity,
    ...subscriptionForApi(sale),
  };
  const present = Object.entries(view).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(present), card: { visual: null, type: null, bin: null } };
}

function subscriptionForApi(sale: Sale): Record<string, unknown> {
  return {
    ...(sale.subscription_id && {
      subscription_id: sale.subscription_id,
      cancelled: sale.subscriber?.cancelled_at !== undefined,
      dead: sale.subscriber?.failed_at !== undefined,
      ended: false,
      recurring_charge: sale.is_recurring_charge,
      subscription_duration: sale.recurrence,
    }),
    ...(sale.is_preorder_authorization && { is_preorder_authorization: true, is_in_preorder_state: true }),
    ...(sale.offer_code && { offer_code: { code: sale.offer_code, name: sale.offer_code } }),
    ...(sale.affiliate && { affiliate: { email: sale.affiliate, amount: '$1' } }),
  };
}

/**
 * The body of a ping. Custom fields overwrite members of the same name, as they do in Gumroad.
 * @param resourceName left out of test pings.
 */
export function saleForPing(sale: Sale, resourceName?: string): Record<string, unknown> {
  return dropUndefined({
    seller_id: SELLER_ID,
    product_id: sale.product_id,
    product_name: sale.product_name,
    permalink: sale.permalink,
    product_permalink: `${SHOP}/l/${sale.permalink}`,
    short_product_id: sale.permalink,
    email: sale.email,
    price: sale.price,
    gumroad_fee: fee(sale),
    currency: sale.currency,
    quantity: sale.quantity,
    discover_fee_charged: false,
    can_contact: true,
    referrer: sale.referrer,
    card: { visual: null, type: null, bin: null, expiry_month: null, expiry_year: null },
    order_number: sale.order_number,
    sale_id: sale.id,
    sale_timestamp: sale.created_at,
    full_name: sale.full_name,
    purchaser_id: sale.purchaser_id,
    subscription_id: sale.subscription_id,
    url_params: sale.url_params,
    variants: sale.variants,
    offer_code: sale.offer_code,
    is_recurring_charge: sale.is_recurring_charge || undefined,
    is_preorder_authorization: sale.is_preorder_authorization || undefined,
    ...sale.custom_fields,
    custom_fields: sale.custom_fields,
    license_key: sale.license_key,
    ip_country: sale.ip_country,
    recurrence: sale.recurrence,
    affiliate: sale.affiliate,
    is_gift_receiver_purchase: sale.is_gift_receiver_purchase,
    gift_price: sale.gift_price,
    gifter_email: sale.gifter_email,
    refunded: sale.refunded === true,
    resource_name: resourceName,
    disputed: sale.disputed,
    dispute_won: sale.dispute_won,
  });
}

const dropUndefined = (members: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

/** Members as a form, nested ones as `variants%5BTier%5D=Pro`, null as empty. */
export function asForm(members: Record<string, unknown>): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(members)) {
    if (Array.isArray(value)) for (const item of value) form.append(`${name}[]`, String(item));
    else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) form.append(`${name}[${key}]`, String(inner ?? ''));
    } else form.append(name, String(value ?? ''));
  }
  return form.toString();
}
