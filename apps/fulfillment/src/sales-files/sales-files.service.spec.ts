import { Refusal } from '#contracts';
import { ProductCatalog } from '../products/product-catalog.js';
import { SalesFilesService } from './sales-files.service.js';

const files = new SalesFilesService(
  new ProductCatalog('gumroad:\n  - { permalinks: [seats], tier: pro, years: 1, quantity: each }\n'),
);
const DAY = new Date().toISOString().slice(0, 10);
const HEADER = 'Purchase ID,Buyer Name,Purchase Email,Purchase Date,Product ID,Quantity';
const textOf = (count: number, quantity: number, name = 'Ada'): string =>
  [HEADER, ...Array.from({ length: count }, (_, n) => `order${n},${name},a${n}@b.test,${DAY},seats,${quantity}`)].join(
    '\n',
  );

/** What the broker carries at most, less what a message has besides. */
const CARRIED = 1_000_000;

function read(text: string) {
  try {
    return { rows: files.read({ text }) };
  } catch (error) {
    return { refusal: error as Refusal };
  }
}

it('D-import.csv G14: a part becomes no more than one message carries, whatever it says; less of it is taken', () => {
  const few = read(textOf(20, 100));
  expect(few.rows).toHaveLength(2_000);
  for (const text of [textOf(2_000, 100), textOf(900, 10, 'x'.repeat(120)), textOf(900, 10, '“'.repeat(100))]) {
    const { rows, refusal } = read(text);
    expect(rows).toBeUndefined();
    expect(refusal).toMatchObject({ code: 'validation_failed' });
    expect(JSON.stringify(refusal)).toContain('too_many');
  }
  // Whatever is taken can be told.
  for (const count of [10, 30, 60, 100, 1_000]) {
    const { rows } = read(textOf(count, 50, '“'.repeat(60)));
    if (rows) expect(Buffer.byteLength(JSON.stringify({ rows }))).toBeLessThan(CARRIED);
  }
});

it('D-import.csv: a single record is never too much', () => {
  expect(read(textOf(1, 1_000_000, '“'.repeat(128))).rows).toHaveLength(100);
});

it.each(['foo,bar\n1,2', '', 'Purchase ID;Buyer Name\n1;Ada'])(
  'D-import.csv I2: a file without its key column is told which it is, and what to send: %j',
  (text) => {
    const [problem] = read(text).refusal!.extras.errors!;
    expect(problem).toMatchObject({ field: 'Purchase ID', code: 'invalid' });
    expect(problem!.detail).toMatch(/no column “Purchase ID”; send .* header row/);
  },
);
