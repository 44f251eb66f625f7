import type { Bus } from '#bus';
import type { RevocationList as Listed } from '#contracts';
import { RevocationList } from './revocation-list.js';

const LATER = new Date(Date.now() + 86_400_000).toISOString();

/** A list whose questions are answered when the test says so. */
function list() {
  const waiting: ((listed: Listed) => void)[] = [];
  const bus = { send: () => new Promise<Listed>((resolve) => waiting.push(resolve)) } as unknown as Bus;
  const answer = (...ids: string[]) => waiting.shift()!({ revocations: ids.map((id) => ({ id, expires_at: LATER })) });
  return { revocations: new RevocationList(bus), answer };
}
const isComplete = (revocations: RevocationList): boolean => {
  try {
    revocations.assertComplete();
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'unavailable', extras: { retry_after: 1 } });
    return false;
  }
};

describe('the list of what has ended', () => {
  it('R-JW9: knows nothing for certain before it was read', async () => {
    const { revocations, answer } = list();
    expect(isComplete(revocations)).toBe(false);
    const read = revocations.reload();
    expect(isComplete(revocations)).toBe(false);
    answer('s1');
    await read;
    expect([isComplete(revocations), revocations.has('s1')]).toEqual([true, true]);
  });

  it('R-JW9: is in doubt from the loss of the bus until it was read again', async () => {
    const { revocations, answer } = list();
    const first = revocations.reload();
    answer();
    await first;
    revocations.doubt();
    expect(isComplete(revocations)).toBe(false);
    const second = revocations.reload();
    answer('s2');
    await second;
    expect([isComplete(revocations), revocations.has('s2')]).toEqual([true, true]);
  });

  it('R-JW9: an answer to a question from before the loss does not end the doubt', async () => {
    const { revocations, answer } = list();
    const before = revocations.reload();
    revocations.doubt();
    answer('s1');
    await before;
    expect([isComplete(revocations), revocations.has('s1')]).toEqual([false, true]);
  });

  it('tells many at once, each once, and forgets what no token can be alive of', () => {
    const { revocations } = list();
    const told: string[][] = [];
    revocations.onRevoked((ids) => told.push(ids));
    revocations.addAll([
      ['a', 10],
      ['b', 20],
    ]);
    revocations.add('a', 30);
    expect(told).toEqual([['a', 'b']]);
    revocations.forgetExpired(25);
    expect([revocations.has('a'), revocations.has('b'), revocations.has(undefined)]).toEqual([true, false, false]);
  });
});
