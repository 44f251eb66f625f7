import { headers } from '@nats-io/transport-node';
import { ChannelMemory } from './channel-memory.js';
import { Entry } from './entry.js';
import { HEADERS } from './frame-headers.js';
import type { FrameHistory } from './frame-history.service.js';

function entry(seq: number): Entry {
  const head = headers();
  head.set(HEADERS.id, `e${seq}`);
  head.set(HEADERS.seq, String(seq));
  head.set(HEADERS.lastSeq, String(seq - 1));
  head.set(HEADERS.eventClass, 'notification');
  head.set(HEADERS.at, String(Date.now()));
  return Entry.from(head, Buffer.from('{}'))!;
}

/** A stream whose reading ends when the test says so, and that tells what it had when it was asked. */
function memoryOf(stored: Entry[], frames = 128) {
  const reads: (() => void)[] = [];
  const after = (_: string, seq: number) =>
    new Promise<Entry[]>((resolve) => {
      const found = stored.filter((e) => e.seq > seq);
      reads.push(() => resolve(found));
    });
  const memory = new ChannelMemory('user.x', { after } as unknown as FrameHistory, { frames, bytes: 65_536 });
  memory.startAt(stored.length);
  const publish = (seq: number) => {
    stored.push(entry(seq));
    memory.add(stored.at(-1)!);
  };
  return { memory, reads, publish };
}
const seqs = (entries?: Entry[]) => entries?.map((e) => e.seq);

it('RT17 RT32: the history is read once for all who come back at the same time', async () => {
  const { memory, reads } = memoryOf([1, 2, 3].map(entry));
  const answers = [memory.find('e1'), memory.after(1, true), memory.after(2, true)] as const;
  expect(reads).toHaveLength(1);
  reads[0]!();
  const [found, ...missed] = await Promise.all(answers);
  expect([found?.seq, ...missed.map((m) => seqs(m))]).toEqual([1, [2, 3], [3]]);
});

it('RT18: who shares a reading that began earlier gets also what came since', async () => {
  const { memory, reads, publish } = memoryOf([1, 2].map(entry));
  const first = memory.after(0, true);
  publish(3);
  const second = memory.after(1, true);
  expect(reads).toHaveLength(1);
  reads[0]!();
  expect([seqs(await first), seqs(await second)]).toEqual([
    [1, 2, 3],
    [2, 3],
  ]);
});

it('RT18: what came since and is in memory no more is read anew', async () => {
  const { memory, reads, publish } = memoryOf([1, 2].map(entry), 1);
  const missed = memory.after(1, true);
  for (const seq of [3, 4, 5]) publish(seq);
  reads[0]!();
  await new Promise(setImmediate);
  reads[1]!();
  expect(seqs(await missed)).toEqual([2, 3, 4, 5]);
});

it('RT17 RT32: who comes back after that reading is answered from memory, as far as that has room', async () => {
  const { memory, reads, publish } = memoryOf([1, 2, 3, 4].map(entry), 3);
  const first = memory.after(2, true);
  publish(5);
  reads[0]!();
  expect(seqs(await first)).toEqual([3, 4, 5]);
  expect(seqs(await memory.after(2, false))).toEqual([3, 4, 5]);
  expect(memory.findHere('e3')?.seq).toBe(3);
  expect(await memory.after(1, false)).toBeUndefined();
  publish(6);
  expect(await memory.after(2, false)).toBeUndefined();
  expect(seqs(await memory.after(3, false))).toEqual([4, 5, 6]);
  expect(reads).toHaveLength(1);
});

it('RT18: a reading that ends before what is in memory begins adds nothing to it', async () => {
  const { memory, reads, publish } = memoryOf([1, 2].map(entry), 1);
  const missed = memory.after(1, true);
  for (const seq of [3, 4, 5]) publish(seq);
  reads[0]!();
  await new Promise(setImmediate);
  expect(memory.findHere('e2')).toBeUndefined();
  reads[1]!();
  await missed;
});

it('RT16 RT33: a broker that refuses to tell for a moment is asked again, and nobody is told of a gap', async () => {
  const stored = [1, 2, 3].map(entry);
  let refusals = 2;
  const after = async (_: string, seq: number) => {
    if (refusals-- > 0) throw new Error('no leader');
    return stored.filter((e) => e.seq > seq);
  };
  const memory = new ChannelMemory('user.x', { after } as unknown as FrameHistory, { frames: 1, bytes: 65_536 });
  memory.startAt(3);
  expect(seqs(await memory.after(1, true))).toEqual([2, 3]);
  refusals = 2;
  expect((await memory.find('e1'))?.seq).toBe(1);
  refusals = 3;
  await expect(memory.after(0, true)).rejects.toThrow('no leader');
});
