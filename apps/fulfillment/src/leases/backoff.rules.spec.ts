import { backoffSeconds } from './backoff.rules.js';

describe('backoff', () => {
  it('doubles from a second to a quarter of an hour and stays there', () => {
    expect([1, 2, 3, 10, 11, 1000].map((n) => backoffSeconds(n, 1))).toEqual([1, 2, 4, 512, 900, 900]);
  });

  it('takes half of the pause at least', () => {
    expect(backoffSeconds(4, 0)).toBe(4);
  });
});
