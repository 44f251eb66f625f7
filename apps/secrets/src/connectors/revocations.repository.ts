import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** A token that is to be revoked, sealed for the service itself. */
export interface Revocation {
  id: string;
  envelope: Buffer;
}

export interface DueRevocation extends Revocation {
  tries: number;
}

/** Table `connector_revocations`. */
@Injectable()
export class RevocationsRepository {
  constructor(private readonly tx: Transactions) {}

  async add({ id, envelope }: Revocation): Promise<void> {
    await this.tx.query(
      'INSERT INTO connector_revocations (id, envelope) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING',
      [id, envelope],
    );
  }

  /** Those that are due, kept from other replicas for a while that grows with each try. */
  claimDue(limit: number): Promise<DueRevocation[]> {
    return this.tx.query(
      `UPDATE connector_revocations
       SET tries = tries + 1, due_at = now() + make_interval(secs => least(3600, 30 * 2 ^ least(tries, 12)))
       WHERE id IN (SELECT id FROM connector_revocations WHERE due_at <= now() ORDER BY due_at LIMIT $1
         FOR UPDATE SKIP LOCKED)
       RETURNING id, envelope, tries`,
      [limit],
    );
  }

  async delete(id: string): Promise<void> {
    await this.tx.query('DELETE FROM connector_revocations WHERE id = $1', [id]);
  }
}
