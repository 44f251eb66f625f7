import { Injectable } from '@nestjs/common';
import { DeadLetter } from '#contracts';
import { newId } from '../ids/new-id.js';
import { Transactions } from '../transactions/transactions.js';

const COLUMNS = `id, event_id, event, data, error, tries,
  to_char(at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at`;

/** Events that a listener has given up on, until somebody replays or discards them. */
@Injectable()
export class DeadLetterRepository {
  constructor(private readonly tx: Transactions) {}

  /** Keeps an event; the same one again only renews the reason. */
  async insert(letter: Omit<DeadLetter, 'id' | 'at'>): Promise<void> {
    await this.tx.execute(
      `insert into dead_letters (id, event_id, event, data, error, tries) values ($1, $2, $3, $4, left($5, 1000), $6)
       on conflict (event_id, event) do update set error = excluded.error, tries = excluded.tries, at = now()`,
      [newId(), letter.event_id, letter.event, letter.data, letter.error, letter.tries],
    );
  }

  /** Newest first. */
  list(limit = 200): Promise<DeadLetter[]> {
    return this.tx.query<DeadLetter>(
      `select ${COLUMNS} from dead_letters order by dead_letters.at desc, id desc limit $1`,
      [limit],
    );
  }

  /** The dead letter, locked when a transaction is open, so that two replays do not meet. */
  async find(id: string): Promise<DeadLetter | undefined> {
    const lock = this.tx.active ? 'for update' : '';
    return (await this.tx.query<DeadLetter>(`select ${COLUMNS} from dead_letters where id = $1 ${lock}`, [id]))[0];
  }

  /** @returns whether there was one */
  async delete(id: string): Promise<boolean> {
    return (await this.tx.execute('delete from dead_letters where id = $1', [id])).rowCount === 1;
  }

  async count(): Promise<number> {
    return (await this.tx.query<{ n: number }>('select count(*)::int as n from dead_letters'))[0]!.n;
  }
}
