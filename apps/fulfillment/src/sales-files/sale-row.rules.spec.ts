import { readRecords, UnreadableFile } from './gumroad-csv.rules.js';
import { saleRows } from './sale-row.rules.js';

const NOW = new Date('2026-06-01T00:00:00Z');
const terms = ({ permalink }: { permalink: string | null }) => {
  if (permalink === 'seats') return { tier: 'pro', years: 1, quantity: 'each' } as const;
  return permalink === 'pro' ? ({ tier: 'pro', years: 1 } as const) : null;
};
const rows = (text: string, firstLine?: number) => readRecords(text, firstLine).flatMap((r) => saleRows(r, terms, NOW));

const HEADER =
  'Purchase ID,Item Name,Buyer Name,Purchase Email,Purchase Date,Refunded?,Fully Refunded?,Disputed?,Dispute Won?,Recurring Charge?,Product ID,Giftee Email,Review';
const row = (id: string, more: Partial<Record<'refunded' | 'fully' | 'disputed' | 'won' | 'recurring', number>> = {}) =>
  `${id},Pro,Ada,ada@example.com,2026-05-01,${more.refunded ?? 0},${more.fully ?? 0},${more.disputed ?? 0},${more.won ?? 0},${more.recurring ?? 0},pro,,`;

it('D-import.csv I2: BOM, CRLF, apostrophes, a review of several lines and the totals; lines are those of the file', () => {
  const text = [
    `\uFEFF${HEADER}`,
    '\'-abc==,Pro,\'=Ada,ada@example.com,2026-05-01,0,0,0,0,0,pro,,"Good.\r\n\r\nVery ""good""."',
    "two,Pro,'t Hooft,b@example.com,2026-05-02,0,0,0,0,0,pro,,",
    'Totals,,,,,,,,,,,,',
  ].join('\r\n');
  expect(rows(text)).toMatchObject([
    { line: 2, kind: 'sold', order: '-abc==', name: '=Ada', expires_at: '2027-05-01T00:00:00.000Z' },
    { line: 5, kind: 'sold', order: 'two', name: "'t Hooft", email: 'b@example.com', tier: 'pro' },
  ]);
  expect(rows(`${HEADER}\n${row('one')}\n${row('two')}`, 801).map(({ line }) => line)).toEqual([801, 802]);
});

it('I2: columns are found by name, in any order and set; of two that are named alike the first counts', () => {
  const text =
    'Product ID,Email,Purchase Date,Buyer Email,Purchase ID,Buyer Email\npro,x,2026-05-01,a@b.test,one,c@d.test';
  expect(rows(text)).toMatchObject([{ kind: 'sold', order: 'one', email: 'a@b.test', name: 'a' }]);
  expect(() => rows('Name,Email\na,b')).toThrow(UnreadableFile);
});

it('I5 G11: what is refunded, disputed, charged again, given away, expired or not mapped makes no license', () => {
  const text = [
    HEADER,
    row('full', { refunded: 1, fully: 1 }),
    row('partial', { refunded: 1 }),
    row('disputed', { disputed: 1 }),
    row('won', { disputed: 1, won: 1 }),
    row('again', { recurring: 1 }),
    row('gift').replace(',pro,,', ',pro,giftee@example.com,'),
    row('old').replace('2026-05-01', '2020-05-01'),
    row('unknown').replace(',pro,,', ',poster,,'),
    row('nobody').replace('ada@example.com', 'nobody'),
    row('undated').replace('2026-05-01', '2026-13-01'),
    row('endless').replace('2026-05-01', '9999-05-01'),
    row(''),
  ].join('\n');
  expect(rows(text).map(({ kind, code }) => [kind, code])).toEqual([
    ['refunded', 'refunded'],
    ['sold', null],
    ['other', 'disputed'],
    ['sold', null],
    ['other', 'renewal'],
    ['other', 'gift_sent'],
    ['other', 'expired'],
    ['unreadable', 'unmapped_product'],
    ['unreadable', 'invalid_email'],
    ['unreadable', 'invalid_date'],
    ['unreadable', 'invalid_date'],
    ['unreadable', 'no_purchase_id'],
  ]);
  expect(rows('Purchase ID,Refunded?\none,1')).toMatchObject([{ kind: 'refunded' }]);
});

it('G14: a quantity is one license, or as many as were bought where the product says so; a refund is of all of them', () => {
  const header = 'Purchase ID,Purchase Email,Purchase Date,Fully Refunded?,Product ID,Quantity';
  const text = `${header}\none,a@b.test,2026-05-01,0,pro,3\ntwo,a@b.test,2026-05-01,0,seats,3\nthree,a@b.test,2026-05-01,1,seats,2`;
  expect(rows(text).map(({ line, kind, order }) => [line, kind, order])).toEqual([
    [2, 'sold', 'one'],
    [3, 'sold', 'two'],
    [3, 'sold', 'two#2'],
    [3, 'sold', 'two#3'],
    [4, 'refunded', 'three'],
    [4, 'refunded', 'three#2'],
  ]);
});

it('G12 G9: a pre-order is no sale, and how long a subscription lasts only its store’s API tells', () => {
  const header = 'Purchase ID,Purchase Email,Purchase Date,Product ID,Recurrence,Pre-order authorization?';
  const text = `${header}\none,a@b.test,2026-05-01,pro,monthly,0\ntwo,a@b.test,2026-05-01,pro,,1`;
  expect(rows(text).map(({ kind, code }) => [kind, code])).toEqual([
    ['other', 'subscription'],
    ['other', 'preorder'],
  ]);
});
