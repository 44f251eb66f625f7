import pg from 'pg';
import type { DevInfo } from '#local';

/** The sales of a run in the databases, by what their ids begin with. */
export class SaleBooks {
  private readonly fulfillment: pg.Pool;
  private readonly licensing: pg.Pool;

  constructor(dev: DevInfo) {
    this.fulfillment = new pg.Pool({ connectionString: dev.postgres.fulfillment, max: 2 });
    this.licensing = new pg.Pool({ connectionString: dev.postgres.licensing, max: 2 });
  }

  async stored(ids: string[]): Promise<number> {
    const sql = 'select count(distinct sale_id)::int as n from storefront_events where sale_id = any ($1)';
    return (await this.fulfillment.query<{ n: number }>(sql, [ids])).rows[0]!.n;
  }

  /** How many licenses there are of the sales, and of how many of them. */
  async licensed(ids: string[]): Promise<{ licenses: number; orders: number }> {
    const sql = `select count(*)::int as licenses, count(distinct gumroad_order_id)::int as orders
                 from licenses where gumroad_order_id = any ($1)`;
    return (await this.licensing.query<{ licenses: number; orders: number }>(sql, [ids])).rows[0]!;
  }

  /** Milliseconds from the ping until the mail server had taken the mail, of those that it has taken. */
  async mailedAfter(ids: string[]): Promise<number[]> {
    const keys = await this.licensing.query<{ sale: string; key: string }>(
      'select gumroad_order_id as sale, license_key as key from licenses where gumroad_order_id = any ($1)',
      [ids],
    );
    const { rows } = await this.fulfillment.query<{ ms: number }>(
      `select (extract(epoch from m.sent_at - e.received_at) * 1000)::float8 as ms
       from unnest($1::text[], $2::text[]) as l (sale, key)
       join mail_outbox m on m.license_key = l.key and m.state = 'sent'
       join lateral (select min(received_at) as received_at from storefront_events where sale_id = l.sale) e on true`,
      [keys.rows.map(({ sale }) => sale), keys.rows.map(({ key }) => key)],
    );
    return rows.map(({ ms }) => ms).sort((a, b) => a - b);
  }

  async end(): Promise<void> {
    await Promise.all([this.fulfillment.end(), this.licensing.end()]);
  }
}
