import { NotFound, Unavailable } from '#contracts';
import { ThingDone, ThingTold } from '../../test/probes.js';
import { afterFailure, eventIdOf, MalformedEventError, reasonOf, TRIES } from './delivery.rules.js';

describe('what follows a failed try', () => {
  test('REL3: four more tries with growing pauses, then a dead letter, within a minute', () => {
    const pauses = [1, 2, 3, 4].map((tries) => afterFailure(new Error('x'), tries));
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000].map((retryMs) => ({ retryMs })));
    expect(afterFailure(new Error('x'), TRIES)).toBe('dead');
    expect(afterFailure(NotFound.with(), TRIES)).toBe('dead');
  });

  test('what breaks its contract is dead at once', () => {
    expect(afterFailure(new MalformedEventError('x'), 1)).toBe('dead');
  });

  test('what needs something that is away is tried for more than an hour', () => {
    const pauses = Array.from({ length: 149 }, (_, i) => afterFailure(Unavailable.with(), i + 1));
    const ms = pauses.map((p) => (p === 'dead' ? NaN : p.retryMs));
    expect(ms.reduce((a, b) => a + b, 0)).toBeGreaterThan(3_600_000);
    expect(Math.max(...ms)).toBe(30_000);
    expect(afterFailure(Unavailable.with(), 150)).toBe('dead');
  });

  test('the reason is short', () => {
    expect(reasonOf(new TypeError('y'.repeat(5_000)))).toHaveLength(1_000);
    expect(reasonOf('plain')).toBe('plain');
  });
});

describe('the id of an event', () => {
  test('the message id comes first, then the member that the contract names, then the place in the stream', () => {
    expect(eventIdOf(ThingTold, { told_id: 'a' }, 'm-1', 5)).toBe('m-1');
    expect(eventIdOf(ThingTold, { told_id: 'a' }, undefined, 5)).toBe('a');
    expect(eventIdOf(ThingTold, { told_id: 7 }, undefined, 5)).toBe('seq:5');
    expect(eventIdOf(ThingDone, { told_id: 'a' }, '', 5)).toBe('seq:5');
    expect(eventIdOf(ThingTold, null, undefined, 5)).toBe('seq:5');
  });

  test('an id that is too long for its column is digested, and stays one id', () => {
    const long = 'i'.repeat(500);
    expect(eventIdOf(ThingTold, {}, long, 1)).toMatch(/^sha256:[\da-f]{64}$/);
    expect(eventIdOf(ThingTold, {}, long, 1)).toBe(eventIdOf(ThingTold, {}, long, 2));
  });
});
