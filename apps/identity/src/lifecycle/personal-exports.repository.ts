import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** When people took their data with them: table `personal_exports`. */
@Injectable()
export class PersonalExportsRepository {
  constructor(private readonly tx: Transactions) {}

  /** Notes an export unless there were as many in the last hour; calls for one person take turns. */
  async note(userId: string, mostAnHour: number): Promise<boolean> {
    await this.tx.query('SELECT 1 FROM website_users WHERE id = $1 FOR NO KEY UPDATE', [userId]);
    const rows = await this.tx.query(
      `INSERT INTO personal_exports (user_id)
       SELECT $1 WHERE $2 > (SELECT count(*) FROM personal_exports
                             WHERE user_id = $1 AND at > now() - interval '1 hour')
       RETURNING id`,
      [userId, mostAnHour],
    );
    return rows.length > 0;
  }
}
