import type { OrderSnapshot } from '../order-snapshot.js';

/** How much of a price was given back. Only amounts tell: a store's flag may be set by the first cent. */
export function refundOf(paid: number | null, refunded: number | null): OrderSnapshot['refund'] {
  if (!refunded || refunded <= 0) return 'none';
  return paid !== null && refunded < paid ? 'partial' : 'full';
}

/** A license key as a checkout hands it through; anything else is nobody's. */
export const renewedKey = (text: string | null): string | null =>
  text !== null && /^DT1-[A-Z]+-[0-9A-Za-z]{4}-[0-9A-Za-z]{4}$/.test(text) ? text : null;
