import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

export interface StoredList {
  seq: number;
  keys_digest: string;
  kid: string;
  list: string;
  issued_at: Date;
  next_at: Date;
}

/** The licenses that are out of force, and the lists that said so: table `revocation_lists`. */
@Injectable()
export class RevocationListsRepository {
  constructor(private readonly tx: Transactions) {}

  async newest(): Promise<StoredList | undefined> {
    const [row] = await this.tx.query<StoredList>('SELECT * FROM revocation_lists ORDER BY seq DESC LIMIT 1', []);
    return row;
  }

  /** Keys of licenses that are revoked or suspended and would be in force by their own dates, sorted bytewise. */
  async outOfForce(now: Date): Promise<string[]> {
    const rows = await this.tx.query<{ license_key: string }>(
      `SELECT license_key FROM licenses
       WHERE (revoked_at IS NOT NULL OR suspended_at IS NOT NULL) AND expires_at > $1
       ORDER BY license_key COLLATE "C"`,
      [now],
    );
    return rows.map((row) => row.license_key);
  }

  /** Stores a list under its number. @returns false when another replica has given the number away */
  async store(list: StoredList): Promise<boolean> {
    const rows = await this.tx.query(
      `INSERT INTO revocation_lists (seq, keys_digest, kid, list, issued_at, next_at) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (seq) DO NOTHING RETURNING seq`,
      [list.seq, list.keys_digest, list.kid, list.list, list.issued_at, list.next_at],
    );
    return rows.length > 0;
  }
}
