import type { SaleRow } from '#contracts';
import { buyerName } from '../orders/buyer-name.rules.js';
import type { LicenseTerms } from '../products/product-catalog.js';
import { copiesOf, linesOf } from '../orders/orders.rules.js';
import { isSaleId } from '../storefronts/gumroad/ping.rules.js';
import { isoTime } from '../storefronts/iso-time.rules.js';
import type { CsvRecord } from './gumroad-csv.rules.js';

type FindTerms = (product: {
  id: string | null;
  permalink: string | null;
  variant: string | null;
}) => LicenseTerms | null;

const EMAIL = /^[^\s@\p{Cc}]{1,64}@[^\s@\p{Cc}]{1,189}$/u;
const DAY = /^(\d{4})-(\d{2})-(\d{2})/;

/** What a row of Gumroad's export sold: one license, or as many as were bought when the product is licensed so (G14). */
export function saleRows(record: CsvRecord, find: FindTerms, now: Date): SaleRow[] {
  const row = saleRow(record, find, now);
  if (row.order === null) return [row];
  const copies = copiesOf({ quantity: Number(record.cell('Quantity')) || 1 }, find(productOf(record)));
  return linesOf(row.order, copies).map((order) => ({ ...row, order }));
}

const productOf = (record: CsvRecord) => {
  const permalink = record.cell('Product ID');
  return { id: permalink, permalink, variant: record.cell('Variants') };
};

/** What is no sale of its own, or not over yet, makes no license here. */
function saleRow(record: CsvRecord, find: FindTerms, now: Date): SaleRow {
  const order = record.cell('Purchase ID');
  const nothing = { line: record.line, order, name: null, email: null, tier: null, expires_at: null };
  if (!order || !isSaleId(order)) return { ...nothing, order: null, kind: 'unreadable', code: 'no_purchase_id' };
  const other = whyNone(record);
  if (other) return { ...nothing, ...other };
  const email = record.cell('Purchase Email') ?? record.cell('Buyer Email');
  if (!email || !EMAIL.test(email)) return { ...nothing, kind: 'unreadable', code: 'invalid_email' };
  const terms = find(productOf(record));
  if (!terms) return { ...nothing, kind: 'unreadable', code: 'unmapped_product' };
  const expires = endOf(record.cell('Purchase Date'), terms.years);
  if (!expires) return { ...nothing, kind: 'unreadable', code: 'invalid_date' };
  if (expires <= now) return { ...nothing, kind: 'other', code: 'expired' };
  const name = buyerName(record.cell('Buyer Name'), email);
  return { ...nothing, kind: 'sold', code: null, name, email, tier: terms.tier, expires_at: expires.toISOString() };
}

/** Why a row makes no license, whatever its product is; null: it may make one. */
function whyNone(record: CsvRecord): Pick<SaleRow, 'kind' | 'code'> | null {
  // Exports of before partial refunds know one column only.
  if (isSet(record, record.has('Fully Refunded?') ? 'Fully Refunded?' : 'Refunded?'))
    return { kind: 'refunded', code: 'refunded' };
  if (isSet(record, 'Disputed?') && !isSet(record, 'Dispute Won?')) return { kind: 'other', code: 'disputed' };
  if (isSet(record, 'Recurring Charge?')) return { kind: 'other', code: 'renewal' };
  // A subscription lasts as long as it is paid for, which only the store's API tells: the reconciler sees to it.
  if (record.cell('Recurrence')) return { kind: 'other', code: 'subscription' };
  if (record.cell('Giftee Email')) return { kind: 'other', code: 'gift_sent' };
  if (isSet(record, 'Pre-order authorization?')) return { kind: 'other', code: 'preorder' };
  return null;
}

const isSet = (record: CsvRecord, column: string): boolean => /^(1|true|yes)$/i.test(record.cell(column) ?? '');

/** A license lasts from the day of its sale; null: that is no day, or the license would outlast the calendar. */
function endOf(day: string | null, years: number): Date | null {
  const [, year, month, date] = DAY.exec(day ?? '') ?? [];
  if (!year) return null;
  const sold = new Date(Date.UTC(Number(year), Number(month) - 1, Number(date)));
  if (sold.getUTCMonth() !== Number(month) - 1) return null;
  const end = isoTime(Date.UTC(Number(year) + years, Number(month) - 1, Number(date)));
  return end === null ? null : new Date(end);
}
