import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** Addresses for which somebody asked for a reset: table `recovery_requests`, a row for as long as nobody has looked. */
@Injectable()
export class RecoveryRequestsRepository {
  constructor(private readonly tx: Transactions) {}

  async add(id: string, email: string): Promise<void> {
    await this.tx.query('INSERT INTO recovery_requests (id, email) VALUES ($1, $2)', [id, email]);
  }

  /** Takes the address out; nothing when that was done before. */
  async take(id: string): Promise<string | undefined> {
    const [row] = await this.tx.query<{ email: string }>(
      'DELETE FROM recovery_requests WHERE id = $1 RETURNING email',
      [id],
    );
    return row?.email;
  }
}
