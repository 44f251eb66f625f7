import type { ImportedRow, ImportOutcome, ImportProblem, SaleRow } from '#contracts';
import type { OrderedMint } from '../licenses/reservations.service.js';
import { whyNotMintable, type NotMintable } from './mintable.rules.js';

/** A license that there is for an order. */
export interface KnownSale {
  license_key: string;
  revoked: boolean;
}

/** What is known of the orders and buyers of an upload. */
export interface KnownSales {
  orders: Map<string, KnownSale>;
  /** Addresses of buyers who are erased, in lower case: nobody brings them back. */
  erased: Set<string>;
}

/** What an import would do about a row: with the sale that is to get a license, or the order that is to lose its. */
export interface ForeseenSale {
  row: ImportedRow;
  sale?: OrderedMint;
  refunded?: string;
}

/** Columns of the export by what is wrong with them. */
const COLUMNS: Partial<Record<ImportProblem, string>> = {
  no_purchase_id: 'Purchase ID',
  invalid_email: 'Purchase Email',
  unmapped_product: 'Product ID',
  invalid_date: 'Purchase Date',
  invalid_terms: 'Purchase Date',
};
/** Columns by the members of a mint that are made of them. */
const OF_MINT: Record<string, string> = { name: 'Buyer Name', email: 'Purchase Email', order: 'Purchase ID' };

/** Decides about every row; the second of two of one order finds the first. */
export function foreseeSales(rows: readonly SaleRow[], known: KnownSales): ForeseenSale[] {
  const seen = new Set<string>();
  return rows.map((row) => {
    const { order, line } = row;
    if (row.kind === 'unreadable' || order === null) return { row: rejected(line, row.code ?? 'no_purchase_id') };
    const license = known.orders.get(order);
    const key = license?.license_key ?? null;
    if (row.kind === 'refunded') return refunded(row, license);
    if (row.kind === 'other') return { row: { ...plain(line, 'skipped', row.code), license_key: key } };
    if (license || seen.has(order)) return { row: { ...plain(line, 'known', null), license_key: key } };
    if (known.erased.has(row.email!.toLowerCase())) return skipped(line, 'erased');
    const sale = saleOf(row);
    const problem = whyNotMintable(sale);
    if (problem) return { row: unmintable(line, problem) };
    seen.add(order);
    return { row: plain(line, 'added', null), sale };
  });
}

const saleOf = ({ order, name, email, tier, expires_at }: SaleRow): OrderedMint => ({
  order: order!,
  name: name!,
  email: email!,
  tier: tier!,
  expires_at: expires_at!,
});

function refunded({ line, order, code }: SaleRow, license: KnownSale | undefined): ForeseenSale {
  if (!license) return skipped(line, code ?? 'refunded');
  const { license_key } = license;
  if (license.revoked) return { row: { ...plain(line, 'known', code), license_key } };
  return { row: { ...plain(line, 'revoked', code), license_key }, refunded: order! };
}

const plain = (line: number, outcome: ImportOutcome, code: ImportProblem | null): ImportedRow => ({
  ...{ line, outcome, code },
  ...{ field: null, license_key: null },
});

/** With the column that has to be mended. */
const rejected = (line: number, code: ImportProblem, field = COLUMNS[code] ?? null): ImportedRow => ({
  ...plain(line, 'rejected', code),
  field,
});

/** A row of which no license can be made. */
export const unmintable = (line: number, { code, member }: NotMintable): ImportedRow =>
  rejected(line, code, OF_MINT[member]);

const skipped = (line: number, code: ImportProblem): ForeseenSale => ({ row: plain(line, 'skipped', code) });
