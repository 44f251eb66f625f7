import { Injectable } from '@nestjs/common';
import type { Tier } from '#contracts';
import { Transactions } from '#persistence';

/** A row of the signatures' log: what was, or is about to be, signed. Its id is the blob's `jti`. */
export interface Issuance {
  id: string;
  license_key: string;
  tier: Tier;
  name: string;
  email: string;
  features: string[];
  issued_at: Date;
  expires_at: Date;
}

export interface NewIssuance extends Issuance {
  gumroad_order_id: string | null;
  notes: string | null;
  requested_by: string;
}

/** A reservation of an order. */
export interface OrderedIssuance extends Issuance {
  gumroad_order_id: string;
}

const COLUMNS = 'id, license_key, tier, name, email, features, issued_at, expires_at';

/** The log is written before the keyring is asked, so no signature exists without its row. */
@Injectable()
export class IssuanceRepository {
  constructor(private readonly tx: Transactions) {}

  async find(id: string): Promise<Issuance | undefined> {
    return (await this.tx.query<Issuance>(`SELECT ${COLUMNS} FROM license_issuance WHERE id = $1`, [id]))[0];
  }

  async findByOrder(order: string): Promise<Issuance | undefined> {
    return (await this.findByOrders([order]))[0];
  }

  /** @returns undefined when the key or the order is taken; a parallel reservation is waited for. */
  async reserve(row: NewIssuance): Promise<Issuance | undefined> {
    const [made] = await this.tx.query<Issuance>(
      `INSERT INTO license_issuance
         (id, purpose, license_key, tier, name, email, features, issued_at, expires_at, gumroad_order_id, notes, requested_by)
       SELECT $1, 'mint', $2::text, $3, $4, $5, $6, $7, $8, $9, $10, $11
       WHERE NOT EXISTS (SELECT 1 FROM licenses WHERE license_key = $2)
       ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
      [
        row.id,
        row.license_key,
        row.tier,
        row.name,
        row.email,
        row.features,
        row.issued_at,
        row.expires_at,
        row.gumroad_order_id,
        row.notes,
        row.requested_by,
      ],
    );
    return made;
  }

  /** The reservations that there are for the orders. */
  findByOrders(orders: readonly string[]): Promise<OrderedIssuance[]> {
    const sql = `SELECT ${COLUMNS}, gumroad_order_id FROM license_issuance WHERE gumroad_order_id = ANY ($1::text[]) AND purpose = 'mint'`;
    return this.tx.query<OrderedIssuance & Record<string, unknown>>(sql, [orders]);
  }

  /** {@link reserve} for many orders. In the order of their names, so that two of these cannot wait for each other. */
  reserveAll(rows: readonly NewIssuance[]): Promise<OrderedIssuance[]> {
    return this.tx.query<OrderedIssuance & Record<string, unknown>>(
      `INSERT INTO license_issuance
         (id, purpose, license_key, tier, name, email, features, issued_at, expires_at, gumroad_order_id, notes, requested_by)
       SELECT r.id, 'mint', r.license_key, r.tier, r.name, r.email, r.features, r.issued_at, r.expires_at,
         r.gumroad_order_id, r.notes, r.requested_by
       FROM jsonb_to_recordset($1::jsonb) AS r (id uuid, license_key text, tier text, name text, email text, features text[],
         issued_at timestamptz, expires_at timestamptz, gumroad_order_id text, notes text, requested_by text)
       WHERE NOT EXISTS (SELECT 1 FROM licenses l WHERE l.license_key = r.license_key)
       ORDER BY r.gumroad_order_id COLLATE "C"
       ON CONFLICT DO NOTHING RETURNING ${COLUMNS}, gumroad_order_id`,
      [JSON.stringify(rows)],
    );
  }

  async complete(id: string, kid: string, now: Date): Promise<void> {
    const sql = 'UPDATE license_issuance SET kid = $2, completed_at = $3 WHERE id = $1';
    await this.tx.query(sql, [id, kid, now]);
  }
}
