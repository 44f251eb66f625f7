import { SettlementPace } from './settlement-pace.js';

let now: number;
let pace: SettlementPace;
beforeEach(() => {
  now = 1_000_000;
  jest.spyOn(performance, 'now').mockImplementation(() => now);
  pace = new SettlementPace();
});
afterEach(() => jest.restoreAllMocks());

/** @returns how many orders may be settled at a time after each of the pings, and shortly before it */
const pings = (count: number, everyMs: number): { before: number[]; after: number[] } => {
  const [before, after]: number[][] = [[], []];
  for (let i = 0; i < count; i += 1) {
    now += everyMs;
    before!.push(pace.atOnce);
    pace.pinged();
    after!.push(pace.atOnce);
  }
  return { before: before!, after: after! };
};
const all = (values: number[]): Set<number> => new Set(values);

it('P5: orders are settled eight at a time', () => {
  expect(pace.atOnce).toBe(8);
});

it('P5: the first ping in a while is settled as soon as it is clear that it is alone', () => {
  expect(pings(10, 200)).toEqual({ before: Array(10).fill(8), after: Array(10).fill(0) });
  now += 24;
  expect(pace.atOnce).toBe(0);
  now += 1;
  expect(pace.atOnce).toBe(8);
});

it('P5: pings that keep coming hold nothing up while they are less than fifty a second', () => {
  pings(1, 30);
  expect(all(pings(1_000, 30).after)).toEqual(all([8]));
});

it('P5: none is begun in a burst from its first ping on until shortly after its last', () => {
  const { before, after } = pings(500, 2);
  expect(all([...before.slice(1), ...after])).toEqual(all([0]));
  now += 199;
  expect(pace.atOnce).toBe(0);
  now += 1;
  expect(pace.atOnce).toBe(8);
});

it('P5: a burst that does not end holds orders up for half a minute, then one at a time is settled beside it', () => {
  const { after } = pings(40_000, 2);
  expect(all(after.slice(0, 15_000))).toEqual(all([0]));
  expect(all(after.slice(15_000))).toEqual(all([1]));
  now += 200;
  expect(pace.atOnce).toBe(8);
  expect(all(pings(500, 2).after)).toEqual(all([0]));
});
