import { Log } from '#boot';
import { LeaseWorker, type LeasedWork } from './lease-worker.js';

const silent = Log.create({ app: 'fulfillment', level: 'silent' });

/** Work that is done when the test says so. */
class Desk implements LeasedWork<string> {
  readonly name = 'desk';
  readonly due: string[] = [];
  readonly begun: string[] = [];
  most = 8;
  private readonly ends: (() => void)[] = [];

  concurrency: number | (() => number) = () => this.most;

  async claim(limit: number): Promise<string[]> {
    return this.due.splice(0, limit);
  }

  work(piece: string): Promise<void> {
    this.begun.push(piece);
    return new Promise((end) => this.ends.push(end));
  }

  async dueInMs(): Promise<number | null> {
    return null;
  }

  end(): void {
    for (const end of this.ends.splice(0)) end();
  }
}

describe('a worker that leases', () => {
  let desk: Desk;
  let worker: LeaseWorker<string>;
  beforeEach(() => {
    jest.useFakeTimers();
    desk = new Desk();
    worker = new LeaseWorker(desk, silent);
  });
  afterEach(async () => {
    const stopped = worker.stop();
    desk.end();
    await stopped;
    jest.useRealTimers();
  });

  /** As much time as a hold takes to be noticed; far less than the longest sleep. */
  const aMoment = () => jest.advanceTimersByTimeAsync(100);

  it('begins what came while nothing might be begun, although another piece is still at work', async () => {
    worker.start();
    desk.due.push('slow');
    worker.wake();
    await aMoment();
    desk.most = 0;
    desk.due.push('next');
    worker.wake();
    await aMoment();
    expect(desk.begun).toEqual(['slow']);
    desk.most = 8;
    await aMoment();
    expect(desk.begun).toEqual(['slow', 'next']);
  });

  it('begins more when more may be at work, although none of it has ended', async () => {
    desk.most = 1;
    desk.due.push('a', 'b', 'c');
    worker.start();
    await aMoment();
    expect(desk.begun).toEqual(['a']);
    desk.most = 3;
    await aMoment();
    expect(desk.begun).toEqual(['a', 'b', 'c']);
  });

  it('keeps to a bound that does not change, and goes on as soon as a piece has ended', async () => {
    desk.concurrency = 2;
    desk.due.push('a', 'b', 'c');
    worker.start();
    await aMoment();
    expect(desk.begun).toEqual(['a', 'b']);
    desk.end();
    await aMoment();
    expect(desk.begun).toEqual(['a', 'b', 'c']);
  });

  it('looks again at once when it is woken in the middle of a look', async () => {
    const claim = desk.claim.bind(desk);
    jest.spyOn(desk, 'claim').mockImplementationOnce(async (limit) => {
      const found = await claim(limit);
      desk.due.push('late');
      worker.wake();
      return found;
    });
    worker.start();
    await aMoment();
    expect(desk.begun).toEqual(['late']);
  });
});
