import { Injectable } from '@nestjs/common';
import { NotFound, type ListMailRequest, type Mail, type MailPage } from '#contracts';
import { Transactions } from '#persistence';
import { pageOf, readCursor } from '../pages/page-cursor.rules.js';

type Row = Omit<Mail, 'created_at' | 'sent_at'> & { created_at: Date; sent_at: Date | null };

/** No address is kept with a mail; that of an order is with the order. */
const SELECT = `select m.id, m.template, (select o.email from orders o where o.license_key = m.license_key limit 1) as "to",
  m.state, m.attempts, m.error, m.created_at, m.sent_at from mail_outbox m`;

const asMail = (row: Row): Mail => ({
  ...row,
  created_at: row.created_at.toISOString(),
  sent_at: row.sent_at?.toISOString() ?? null,
});

/** Looking mail up. */
@Injectable()
export class MailQueries {
  constructor(private readonly tx: Transactions) {}

  async page(input: ListMailRequest): Promise<MailPage> {
    const { below, limit } = readCursor(input);
    const rows = await this.tx.query<Row>(
      `${SELECT} where ($1::text is null or m.state = $1) and ($2::text is null or m.license_key = $2)
         and ($3::uuid is null or m.id < $3)
         and ($4::text is null or m.license_key in (select license_key from orders where lower(email) = lower($4)))
       order by m.id desc limit $5`,
      [input.state ?? null, input.license_key ?? null, below, input.to ?? null, limit + 1],
    );
    const { rows: shown, next_cursor } = pageOf(rows, limit);
    return { mail: shown.map(asMail), next_cursor };
  }

  /** @throws Refusal `not_found` */
  async one(id: string): Promise<Mail> {
    const [row] = await this.tx.query<Row>(`${SELECT} where m.id = $1`, [id]);
    if (!row) throw NotFound.with('There is no mail with this id.');
    return asMail(row);
  }
}
