import { eventually } from '../support/eventually.js';
import { startStack, type Stack } from '../support/index.js';
import { searches } from '../support/nightly.js';
import { controlSale, deliveries, messageIdOf, newcomer, sell } from '../support/people.js';
import { SaleBooks } from '../support/sale-books.js';
import { steadily } from '../support/steadily.js';

const PINGS = searches(400, 10_000);
const PER_SECOND = searches(40, 500);
const AT_ONCE = 50;
const WAIT_MS = searches(240_000, 1_200_000);

/** Every mail is counted in the end, those that a death had sent twice among them. */
const env = { RATE_LIMIT_FACTOR: '100000', MAIL_RECORDS: String(3 * PINGS) };

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ durable: true, env });
}, 120_000);
afterAll(() => stack.stop());

/** What dies, one after the other, while pings come in. */
const DEATHS: (() => void)[] = [
  () => stack.kill('fulfillment'),
  () => stack.kill('licensing'),
  () => stack.kill('secrets'),
  () => void process.kill(stack.natsPid, 'SIGKILL'),
  () => void process.kill(stack.postgresPid, 'SIGKILL'),
];

interface Sold {
  id: string;
  buyer: string;
}

async function inTurns<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  while (done.length < all.length)
    done.push(...(await Promise.all(all.slice(done.length, done.length + AT_ONCE).map(work))));
  return done;
}

const untold = async (buyer: string): Promise<Sold> => ({
  id: await sell(stack.info, { email: buyer, product_permalink: 'core', ping: false }),
  buyer,
});

/** Has the store tell of a sale. @returns what it was answered, if that is known: else it may be told again */
async function tell({ id }: Sold): Promise<number | undefined> {
  // Of thousands of connections to the store at once it may turn some away.
  const answer = await controlSale(stack.info, id, 'ping').catch(() => undefined);
  return answer?.body.pings[0].status;
}

const tellUntilHeard = (sold: Sold) =>
  eventually('the ping to be taken', WAIT_MS, async () => ((await tell(sold)) === 200 ? true : undefined));

describe('a stream of pings while everything dies once', () => {
  it(
    `D-once H9 G16: of ${PINGS}, those answered 200 are stored, the others are told again, and each is one license and one mail`,
    async () => {
      const buyers = Array.from({ length: PINGS }, () => newcomer('stream').email);
      const sales = await inTurns(buyers, untold);
      const answers = new Map<Sold, number | undefined>();
      const every = Math.floor(PINGS / (DEATHS.length + 1));
      await steadily(PINGS, PER_SECOND, async (nth) => {
        if (nth > 0 && nth % every === 0) DEATHS[nth / every - 1]?.();
        answers.set(sales[nth]!, await tell(sales[nth]!));
      });
      const heard = sales.filter((sold) => answers.get(sold) === 200);
      const unheard = sales.filter((sold) => answers.get(sold) !== 200);
      expect(heard.length).toBeGreaterThan(0);
      await inTurns(unheard, tellUntilHeard);

      const books = new SaleBooks(stack.info);
      try {
        expect(await books.stored(heard.map(({ id }) => id))).toBe(heard.length);
        const ids = sales.map(({ id }) => id);
        await eventually('all of them mailed', WAIT_MS, async () =>
          (await books.mailedAfter(ids)).length >= PINGS ? true : undefined,
        );
        expect(await books.licensed(ids)).toEqual({ licenses: PINGS, orders: PINGS });
      } finally {
        await books.end();
      }
      // A death between the mail server's yes and the note of it sends a mail again, as the same mail.
      const mails = await inTurns(buyers, async (buyer) => {
        const all = await deliveries(stack.info, buyer);
        return new Set(await Promise.all(all.map((mail) => messageIdOf(stack.info, mail)))).size;
      });
      expect(mails.filter((count) => count !== 1)).toEqual([]);
    },
    2 * WAIT_MS + 120_000,
  );
});
