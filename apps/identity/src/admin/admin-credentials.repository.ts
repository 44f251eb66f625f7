import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** Admins' passwords, apart from their accounts: table `admin_credentials`. */
@Injectable()
export class AdminCredentialsRepository {
  constructor(private readonly tx: Transactions) {}

  async exist(): Promise<boolean> {
    return (await this.tx.query('SELECT 1 FROM admin_credentials LIMIT 1')).length > 0;
  }

  /** Holds until the transaction ends; of several replicas that start at once one goes first. */
  async lockBootstrap(): Promise<void> {
    await this.tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('gatehouse:admin-bootstrap', 0))`);
  }

  async insert(userId: string, username: string, passwordHash: string): Promise<void> {
    await this.tx.query('INSERT INTO admin_credentials (user_id, username, password_hash) VALUES ($1, $2, $3)', [
      userId,
      username,
      passwordHash,
    ]);
  }
}
