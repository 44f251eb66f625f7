import { Injectable } from '@nestjs/common';
import type { MailSuppression, SuppressionReason } from '#contracts';
import { Transactions } from '#persistence';

/** Why an address is to get no more mail. */
export interface Suppression {
  reason: SuppressionReason;
  source: string;
  mail_id: string | null;
}

type Row = Omit<MailSuppression, 'created_at'> & { created_at: Date };

const COLUMNS = `encode(address_hash, 'hex') as id, reason, source, mail_id, created_at`;
const asSuppression = (row: Row): MailSuppression => ({ ...row, created_at: row.created_at.toISOString() });

/** Addresses that get no mail, kept as hashes. */
@Injectable()
export class SuppressionsRepository {
  constructor(private readonly tx: Transactions) {}

  /** The first reason stands, but for a complaint, which outweighs a bounce. */
  async add(email: string, { reason, source, mail_id }: Suppression): Promise<void> {
    await this.tx.query(
      `insert into mail_suppressions (address_hash, reason, source, mail_id) values (address_hash($1), $2, $3, $4)
       on conflict (address_hash) do update set reason = excluded.reason, source = excluded.source,
         mail_id = excluded.mail_id
       where excluded.reason = 'complaint' and mail_suppressions.reason <> 'complaint'`,
      [email, reason, source, mail_id],
    );
  }

  async find(email: string): Promise<MailSuppression | undefined> {
    const sql = `select ${COLUMNS} from mail_suppressions where address_hash = address_hash($1)`;
    return (await this.tx.query<Row>(sql, [email])).map(asSuppression)[0];
  }

  async newest(limit: number): Promise<MailSuppression[]> {
    const sql = `select ${COLUMNS} from mail_suppressions order by created_at desc, address_hash limit $1`;
    return (await this.tx.query<Row>(sql, [limit])).map(asSuppression);
  }

  /** @returns whether it was there */
  async lift(email: string): Promise<boolean> {
    const sql = 'delete from mail_suppressions where address_hash = address_hash($1)';
    return (await this.tx.execute(sql, [email])).rowCount === 1;
  }
}
