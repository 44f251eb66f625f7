import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { hasConsumed } from '../../../test/support/consumed.js';
import { eventually, type TestBroker, type TestDatabase } from '../../../test/support/index.js';

/** Longer than a lease that was left takes to run out. */
const PATIENCE_MS = 45_000;

const ORDERS = 'select count(*)::int as open from order_work';
/** What a comparison with the stores has read before a reset would come to light after it. */
const COMPARISONS =
  "select count(*)::int as open from reconciliations where state = 'queued' and (due_at <= now() or lease_until > now())";
const UNTOLD = 'select count(*)::int as open from outbox';
/** The mail of a license that was suspended before it was sent waits for minutes, and comes when that is over. */
const MAIL = `select count(*)::int as open from mail_outbox
  where state = 'queued' and due_at < now() + interval '5 minutes'`;
const LEFT = `select sale_id, state, error from storefront_events where state <> 'processed'
  union all select template, state, error from mail_outbox where state = 'queued'`;

/**
 * Whether anything is still on its way through fulfillment: from orders that are settled, by what neighbours tell, to
 * the mails that come of it.
 */
export class Stillness {
  private constructor(
    private readonly database: TestDatabase,
    private readonly neighbours: TestDatabase[],
    private readonly connection: NatsConnection,
    private readonly jsm: JetStreamManager,
  ) {}

  static async of(database: TestDatabase, neighbours: TestDatabase[], broker: TestBroker): Promise<Stillness> {
    const connection = await connect(broker.connectionOptions('operator'));
    return new Stillness(database, neighbours, connection, await jetstreamManager(connection, { checkAPI: false }));
  }

  /** @throws Error when it does not come */
  async comes(): Promise<void> {
    const isHere = async () => (await this.isHere()) || undefined;
    await eventually('stillness', PATIENCE_MS, isHere).catch(async (cause: unknown) => {
      const left = JSON.stringify(await this.database.query(LEFT));
      throw new Error(`There is still work that nobody does: ${left}`, { cause });
    });
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  /** Asked in the order in which things go on, so that nothing slips from behind to ahead of the question. */
  private async isHere(): Promise<boolean> {
    if ((await this.open(COMPARISONS)) || (await this.open(ORDERS))) return false;
    for (const database of [...this.neighbours, this.database]) if (await this.open(UNTOLD, database)) return false;
    return (await hasConsumed(this.jsm, 'fulfillment')) && !(await this.open(MAIL));
  }

  private async open(sql: string, database = this.database): Promise<number> {
    return (await database.query<{ open: number }>(sql))[0]!.open;
  }
}
