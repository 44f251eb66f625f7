import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** Failed sign-ins of everybody, by the minute: table `failed_sign_ins`. */
@Injectable()
export class FailedSignInsRepository {
  constructor(private readonly tx: Transactions) {}

  /** Adds to the present minute. @returns how many there are in it now, from all replicas */
  async add(failures: number): Promise<number> {
    const [row] = await this.tx.query<{ failures: number }>(
      `INSERT INTO failed_sign_ins AS f (minute, failures) VALUES (date_trunc('minute', now()), $1)
       ON CONFLICT (minute) DO UPDATE SET failures = f.failures + $1 RETURNING failures`,
      [failures],
    );
    return row!.failures;
  }
}
