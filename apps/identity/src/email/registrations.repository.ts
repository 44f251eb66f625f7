import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** An account that somebody wants and whose address is to be proven first: a row of `registrations`. */
export interface Registration {
  /** The id of the account that it becomes. */
  id: string;
  email: string;
  username: string;
  password_hash: string | null;
  client_id: string;
  token_hash: Buffer;
  created_at: Date;
  expires_at: Date;
  voided_at: Date | null;
  consumed_at: Date | null;
}

export type NewRegistration = Omit<Registration, 'created_at' | 'voided_at' | 'consumed_at'>;

const OPEN = 'voided_at IS NULL AND consumed_at IS NULL AND expires_at > now()';

/** Registrations that wait for their proof. */
@Injectable()
export class RegistrationsRepository {
  constructor(private readonly tx: Transactions) {}

  async add(r: NewRegistration): Promise<void> {
    await this.tx.query(
      `INSERT INTO registrations (id, email, username, password_hash, client_id, token_hash, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [r.id, r.email, r.username, r.password_hash, r.client_id, r.token_hash, r.expires_at],
    );
  }

  async find(id: string): Promise<Registration | undefined> {
    const [row] = await this.tx.query<Registration>('SELECT * FROM registrations WHERE id = $1', [id]);
    return row;
  }

  async findOpen(id: string): Promise<Registration | undefined> {
    const [row] = await this.tx.query<Registration>(`SELECT * FROM registrations WHERE id = $1 AND ${OPEN}`, [id]);
    return row;
  }

  /** Makes it worthless; its password goes at once. */
  async void(id: string): Promise<void> {
    await this.tx.query(
      'UPDATE registrations SET voided_at = now(), password_hash = NULL WHERE id = $1 AND consumed_at IS NULL',
      [id],
    );
  }

  /** Makes the older ones of the address worthless (R-RC4). @returns how many came within the last hour, this one too */
  async supersede({ id, email }: Registration): Promise<number> {
    await this.tx.query(
      `UPDATE registrations SET voided_at = now(), password_hash = NULL
       WHERE lower(email) = lower($2 COLLATE pg_unicode_fast) AND id < $1 AND ${OPEN}`,
      [id, email],
    );
    const [row] = await this.tx.query<{ count: number }>(
      `SELECT count(*)::integer AS count FROM registrations
       WHERE lower(email) = lower($1 COLLATE pg_unicode_fast) AND created_at > now() - interval '1 hour'`,
      [email],
    );
    return row!.count;
  }

  /** Uses it up and forgets whose it was. Of any number that try at once the database lets one through, with the data. */
  async consume(id: string, tokenHash: Buffer): Promise<Registration | undefined> {
    const [row] = await this.tx.query<Registration>(
      `WITH wanted AS (
         SELECT * FROM registrations WHERE id = $1 AND token_hash = $2 AND ${OPEN} FOR UPDATE
       ), used AS (
         UPDATE registrations r SET consumed_at = now(), password_hash = NULL, email = '', username = ''
         FROM wanted WHERE r.id = wanted.id
       )
       SELECT * FROM wanted`,
      [id, tokenHash],
    );
    return row;
  }
}
