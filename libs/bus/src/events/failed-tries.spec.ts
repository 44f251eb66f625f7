import { NotFound, Unavailable } from '#contracts';
import { FailedTries } from './failed-tries.js';

describe('how often an event broke', () => {
  const away = Unavailable.with();
  const broken = NotFound.with();

  test('each delivery counts while nothing is away, whichever replica had it', () => {
    const tried = new FailedTries();
    expect([1, 3, 4].map((tries) => tried.note('e', tries, broken))).toEqual([1, 3, 4]);
  });

  test('REL3: after an outage of any length it has its tries before it', () => {
    const tried = new FailedTries();
    for (let tries = 1; tries <= 40; tries++) expect(tried.note('e', tries, away)).toBe(0);
    expect([41, 42, 44].map((tries) => tried.note('e', tries, broken))).toEqual([1, 2, 3]);
    expect(tried.note('e', 45, away)).toBe(3);
    expect(tried.note('e', 46, broken)).toBe(4);
    expect(tried.note('other', 2, broken)).toBe(2);
  });

  test('what is settled is forgotten, and so is the oldest when there are too many', () => {
    const tried = new FailedTries(2);
    for (const event of ['a', 'b', 'c']) tried.note(event, 9, away);
    expect(tried.note('a', 10, broken)).toBe(10);
    expect(tried.note('b', 10, broken)).toBe(1);
    tried.forget('c');
    expect(tried.note('c', 10, broken)).toBe(10);
  });
});
