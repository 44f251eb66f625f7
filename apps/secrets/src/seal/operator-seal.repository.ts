import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** Table `operator_seal`: has a row while the service is sealed. */
@Injectable()
export class OperatorSealRepository {
  constructor(private readonly tx: Transactions) {}

  async since(): Promise<Date | undefined> {
    return (await this.tx.query<{ sealed_at: Date }>('SELECT sealed_at FROM operator_seal'))[0]?.sealed_at;
  }

  async set(): Promise<void> {
    await this.tx.query('INSERT INTO operator_seal DEFAULT VALUES ON CONFLICT DO NOTHING');
  }

  async remove(): Promise<void> {
    await this.tx.query('DELETE FROM operator_seal');
  }
}
