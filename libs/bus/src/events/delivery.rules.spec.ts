import { IdempotencyKeyReused, NotFound, Refusal, Unavailable, ValidationFailed, type ErrorKind } from '#contracts';
import { ThingDone, ThingTold } from '../../test/probes.js';
import { afterFailure, eventIdOf, MalformedEventError, reasonOf, TRIES } from './delivery.rules.js';

const refused = (kind: ErrorKind): Refusal => new Refusal('a_code', kind, 'Refused.');
const always = (tries: number) => ({ tries, broken: tries });

describe('what follows a failed try', () => {
  test('REL3: four more tries with growing pauses, then a dead letter, within a minute', () => {
    const pauses = [1, 2, 3, 4].map((tries) => afterFailure(new Error('x'), always(tries)));
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000].map((retryMs) => ({ retryMs })));
    expect(afterFailure(new Error('x'), always(TRIES))).toBe('dead');
  });

  test('what breaks its contract is dead at once', () => {
    expect(afterFailure(new MalformedEventError('x'), always(1))).toBe('dead');
  });

  test('REL3: a refusal of what was asked is final, and the event is dead at once', () => {
    const kinds = ['invalid', 'unprocessable', 'too_large', 'unsupported_media_type', 'gone'] as const;
    for (const kind of kinds) expect(afterFailure(refused(kind), always(1))).toBe('dead');
    expect(afterFailure(IdempotencyKeyReused.with(), always(1))).toBe('dead');
    expect(afterFailure(ValidationFailed.with(), { tries: 30, broken: 1 })).toBe('dead');
  });

  test('REL3: what another event may bring about is tried as often as what is broken', () => {
    const kinds = ['not_found', 'conflict', 'forbidden', 'unauthenticated', 'payment_required', 'internal'] as const;
    for (const kind of kinds) {
      const pauses = [1, 2, 3, 4, 5].map((tries) => afterFailure(refused(kind), always(tries)));
      expect(pauses).toEqual([...[1_000, 2_000, 4_000, 8_000].map((retryMs) => ({ retryMs })), 'dead']);
    }
  });

  test.each(['unavailable', 'rate_limited'] as const)('what is %s is waited for for more than an hour', (kind) => {
    const pauses = Array.from({ length: 374 }, (_, i) => afterFailure(refused(kind), { tries: i + 1, broken: 0 }));
    const ms = pauses.map((p) => (p === 'dead' ? NaN : p.retryMs));
    expect(ms.reduce((a, b) => a + b, 0)).toBeGreaterThan(3_600_000);
    expect(afterFailure(refused(kind), { tries: 375, broken: 0 })).toBe('dead');
  });

  test('REL3: what an outage took of the tries does not count, and its pause ends before those are used up', () => {
    const after = afterFailure(NotFound.with(), { tries: 60, broken: 1 });
    expect(after).toEqual({ retryMs: 1_000 });
    expect(afterFailure(NotFound.with(), { tries: 64, broken: TRIES })).toBe('dead');
    const longest = afterFailure(Unavailable.with(), { tries: 60, broken: 0 });
    const patience = [1, 2, 3, 4].map((broken) => afterFailure(NotFound.with(), { tries: 60 + broken, broken }));
    const sum = patience.reduce((ms, next) => ms + (next === 'dead' ? NaN : next.retryMs), 0);
    expect(longest === 'dead' ? NaN : longest.retryMs).toBeLessThan(sum);
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
