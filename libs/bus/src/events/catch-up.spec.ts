import { CatchUp } from './catch-up.js';

/** A source whose state is read slowly: each reading takes the state of its beginning and ends when it is let go. */
function source() {
  let go: () => void = () => undefined;
  const it = {
    state: 0,
    known: -1,
    readings: 0,
    away: 0,
    let: () => go(),
    read: async (): Promise<void> => {
      const { state } = it;
      it.readings++;
      await new Promise<void>((resolve) => (go = resolve));
      if (it.away-- > 0) throw new Error('away');
      it.known = state;
    },
  };
  return it;
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('what is read again when it changes', () => {
  it('is read once more when it has changed while it was read, and never twice at once', async () => {
    const of = source();
    const follower = new CatchUp(of.read);
    const first = follower.again();
    of.state = 1;
    const more = [follower.again(), follower.again()];
    await settled();
    expect(of.readings).toBe(1);
    of.let();
    await settled();
    expect([of.readings, of.known]).toEqual([2, 0]);
    of.let();
    await Promise.all([first, ...more]);
    expect([of.readings, of.known]).toEqual([2, 1]);
  });

  it('is read until it succeeds, and trouble is told once', async () => {
    const of = source();
    of.away = 3;
    const told: unknown[] = [];
    const follower = new CatchUp(of.read, (error) => told.push(error));
    const over = follower.again();
    const letting = setInterval(() => of.let(), 5);
    await over;
    clearInterval(letting);
    expect([of.known, of.readings, told.length]).toEqual([0, 4, 1]);
  });

  it('is read again after it was read to the end', async () => {
    const of = source();
    const follower = new CatchUp(of.read);
    for (const state of [1, 2, 3]) {
      of.state = state;
      const over = follower.again();
      of.let();
      await over;
      expect(of.known).toBe(state);
    }
  });

  it('is given up when the process ends', async () => {
    const of = source();
    of.away = Infinity;
    const follower = new CatchUp(of.read);
    const over = follower.again();
    follower.stop();
    of.let();
    await over;
    expect(of.readings).toBe(1);
  });
});
