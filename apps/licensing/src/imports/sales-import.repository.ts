import { Injectable } from '@nestjs/common';
import { LicenseIssued, type ImportedRow, type ImportSalesRequest, type SaleRow, type Tier } from '#contracts';
import { Outbox, Transactions } from '#persistence';
import { Clock } from '../clock/clock.service.js';
import { ImportsRepository } from './imports.repository.js';
import { inParts, type SignedSale } from './sale-blobs.service.js';
import type { KnownSales } from './sales-row.rules.js';

/** Licenses of one statement; one of thousands would come near the time that a statement has. */
const MOST_ROWS = 500;

/** What an import of sales reads and writes. */
@Injectable()
export class SalesImportRepository {
  constructor(
    private readonly tx: Transactions,
    private readonly imports: ImportsRepository,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  async known(rows: readonly SaleRow[]): Promise<KnownSales> {
    const erased = await this.tx.query<{ email: string }>(
      `SELECT email FROM unnest($1::text[]) AS email
       WHERE EXISTS (SELECT 1 FROM erased_addresses WHERE address_hash = address_hash(email))`,
      [rows.flatMap(({ email }) => email?.toLowerCase() ?? [])],
    );
    const orders = await this.licensed(rows.flatMap(({ order }) => order ?? []));
    return { orders, erased: new Set(erased.map(({ email }) => email)) };
  }

  /** The licenses that there are for orders. */
  async licensed(orders: readonly string[]): Promise<KnownSales['orders']> {
    const found = await this.tx.query<{ order: string; license_key: string; revoked: boolean }>(
      `SELECT gumroad_order_id AS "order", license_key, revoked_at IS NOT NULL AS revoked
       FROM licenses WHERE gumroad_order_id = ANY ($1::text[])`,
      [orders],
    );
    return new Map(found.map(({ order, license_key, revoked }) => [order, { license_key, revoked }] as const));
  }

  /** @throws Refusal `not_found` when nothing can be added to the batch */
  async assertOpen(id: string): Promise<void> {
    await this.imports.hold(id);
  }

  /** The batch that the upload is a part of, until the transaction ends; a new one for a first part. @throws Refusal `not_found` */
  async batch({ import_id, mail }: ImportSalesRequest, requestedBy: string): Promise<Batch> {
    const id = import_id ?? (await this.imports.begin('gumroad_csv', mail ?? false, requestedBy));
    return { id, mail: (await this.imports.hold(id)).mail };
  }

  note(importId: string, rows: readonly ImportedRow[]): Promise<void> {
    return this.imports.note(importId, rows);
  }

  /**
   * Stores licenses as a part of the batch; what a parallel import has stored stays that one's.
   * @returns the orders of those that were stored
   */
  async store(batch: Batch, signed: readonly SignedSale[]): Promise<Set<string>> {
    const stored: Stored[] = [];
    for (const some of inParts(signed, MOST_ROWS)) stored.push(...(await this.insert(batch.id, some)));
    // Without the event nobody is mailed (see ImportsService).
    if (batch.mail) await this.outbox.appendAll(LicenseIssued, stored.map(issuedOf));
    return new Set(stored.map(({ order }) => order));
  }

  /** In the order of the orders, so that two imports of the same ones cannot wait for each other. */
  private insert(importId: string, signed: readonly SignedSale[]): Promise<Stored[]> {
    return this.tx.query<Stored & Record<string, unknown>>(
      `WITH signed AS (SELECT * FROM unnest($2::uuid[], $3::text[], $4::text[]) AS s (id, blob, kid)),
       added AS (
         INSERT INTO licenses (license_key, name, email, tier, issued_at, expires_at, paid_until, blob, kid,
           gumroad_order_id, notes, issuance_id, import_id)
         SELECT i.license_key, i.name, i.email, i.tier, i.issued_at, i.expires_at, i.expires_at, s.blob, s.kid,
           i.gumroad_order_id, i.notes, i.id, $1
         FROM signed s JOIN license_issuance i ON i.id = s.id
         ORDER BY i.gumroad_order_id COLLATE "C"
         ON CONFLICT DO NOTHING RETURNING issuance_id, license_key, tier, gumroad_order_id, kid
       )
       UPDATE license_issuance i SET kid = added.kid, completed_at = $5 FROM added WHERE i.id = added.issuance_id
       RETURNING added.license_key, added.tier, added.gumroad_order_id AS "order"`,
      [
        importId,
        signed.map(({ issuance }) => issuance.id),
        signed.map(({ blob }) => blob),
        signed.map(({ kid }) => kid),
        this.clock.now(),
      ],
    );
  }
}

/** What the rows of an upload become a part of. */
interface Batch {
  id: string;
  mail: boolean;
}

interface Stored {
  license_key: string;
  tier: Tier;
  order: string;
}

const issuedOf = ({ license_key, tier, order }: Stored) => ({ data: { license_key, tier, order }, key: license_key });
