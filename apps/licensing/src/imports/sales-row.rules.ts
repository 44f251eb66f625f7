import type { ImportedRow, MintLicenseRequest, SaleRow } from '#contracts';

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

/** What an import would do about a row, and with which sale. */
export interface ForeseenSale {
  row: ImportedRow;
  sale?: Partial<MintLicenseRequest>;
}

/** Decides about every row; the second of two of one order finds the first. */
export function foreseeSales(rows: readonly SaleRow[], known: KnownSales): ForeseenSale[] {
  const seen = new Set<string>();
  return rows.map((row) => {
    const { order, line } = row;
    if (row.kind === 'unreadable' || order === null) return rejected(line, row.code ?? 'no_order');
    const license = known.orders.get(order);
    const key = license?.license_key ?? null;
    if (row.kind === 'refunded') return refunded(row, license);
    if (row.kind === 'other') return { row: { line, outcome: 'skipped', code: row.code, license_key: key } };
    if (license || seen.has(order)) return { row: { line, outcome: 'known', code: null, license_key: key } };
    if (known.erased.has(row.email!.toLowerCase())) return skipped(line, 'erased');
    seen.add(order);
    return sold(row);
  });
}

function sold({ line, order, name, email, tier, expires_at }: SaleRow): ForeseenSale {
  const sale = { order: order!, name: name!, email: email!, tier: tier!, expires_at: expires_at! };
  return { row: { line, outcome: 'added', code: null, license_key: null }, sale };
}

function refunded({ line, order, code }: SaleRow, license: KnownSale | undefined): ForeseenSale {
  if (!license) return skipped(line, code ?? 'refunded');
  const { license_key } = license;
  if (license.revoked) return { row: { line, outcome: 'known', code, license_key } };
  return { row: { line, outcome: 'revoked', code, license_key }, sale: { order: order! } };
}

const rejected = (line: number, code: string): ForeseenSale => ({
  row: { line, outcome: 'rejected', code, license_key: null },
});
const skipped = (line: number, code: string): ForeseenSale => ({
  row: { line, outcome: 'skipped', code, license_key: null },
});
