import { Refusal } from '#contracts';
import { HashQueue } from './hash-queue.service.js';

const later = (): number => Date.now() + 60_000;

/** A job that ends when it is told to. */
function job(): { run: () => Promise<string>; end: () => void; started: () => boolean } {
  let end = (): void => {};
  let started = false;
  const ended = new Promise<void>((resolve) => (end = resolve));
  return {
    run: async () => {
      started = true;
      await ended;
      return 'done';
    },
    end: () => end(),
    started: () => started,
  };
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('hash queue', () => {
  it('R-PW13: beyond its capacity it refuses at once, with the seconds to wait', async () => {
    const queue = new HashQueue({ workers: 1, capacity: 1 });
    const [first, second] = [job(), job()];
    const running = [queue.run(later(), first.run), queue.run(later(), second.run)];
    const refused = await queue.run(later(), job().run).catch((e: unknown) => e as Refusal);
    expect(refused).toMatchObject({ code: 'overloaded', kind: 'unavailable' });
    expect((refused as Refusal).extras.retry_after).toBeGreaterThanOrEqual(1);
    first.end();
    second.end();
    await expect(Promise.all(running)).resolves.toEqual(['done', 'done']);
  });

  it('R-PW13: a job that would come too late is refused before it waits', async () => {
    const queue = new HashQueue({ workers: 1, capacity: 100 });
    const first = job();
    const running = queue.run(later(), first.run);
    await expect(queue.run(Date.now() + 1, job().run)).rejects.toMatchObject({ code: 'overloaded' });
    first.end();
    await running;
  });

  it('R-PW13: a job whose deadline passed while it waited is never started', async () => {
    const queue = new HashQueue({ workers: 1, capacity: 100 });
    const now = jest.spyOn(Date, 'now');
    const [first, late] = [job(), job()];
    const running = queue.run(later(), first.run);
    const refused = queue.run(Date.now() + 1_000, late.run);
    const expectation = expect(refused).rejects.toMatchObject({ code: 'overloaded' });
    now.mockReturnValue(Date.now() + 5_000);
    first.end();
    await expectation;
    now.mockRestore();
    await running;
    expect(late.started()).toBe(false);
  });

  it('R-PW13: never more jobs at once than workers, first come first served', async () => {
    const queue = new HashQueue({ workers: 2, capacity: 100 });
    const jobs = Array.from({ length: 5 }, job);
    const running = jobs.map((j) => queue.run(later(), j.run));
    await settle();
    expect(jobs.map((j) => j.started())).toEqual([true, true, false, false, false]);
    jobs[1]!.end();
    await settle();
    expect(jobs.map((j) => j.started())).toEqual([true, true, true, false, false]);
    jobs.forEach((j) => j.end());
    await Promise.all(running);
    expect(queue.load).toEqual({ busy: 0, waiting: 0 });
  });

  it('R-PW13: a failing job frees its worker', async () => {
    const queue = new HashQueue({ workers: 1, capacity: 1 });
    await expect(queue.run(later(), () => Promise.reject(new Error('no memory')))).rejects.toThrow('no memory');
    await expect(queue.run(later(), async () => 'next')).resolves.toBe('next');
  });
});
