import { headers, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { Channel, type ChannelPlace, type Hearer } from './channel.js';
import { Entry } from './entry.js';
import { HEADERS } from './frame-headers.js';

function message(seq: number): Msg {
  const head = headers();
  head.set(HEADERS.id, `e${seq}`);
  head.set(HEADERS.subject, 'rtm.user.x');
  head.set(HEADERS.seq, String(seq));
  head.set(HEADERS.lastSeq, String(seq - 1));
  head.set(HEADERS.eventClass, 'notification');
  head.set(HEADERS.at, String(Date.now()));
  return { headers: head, data: Buffer.from('{}') } as unknown as Msg;
}

/** A channel whose broker says what the test says, and a client that notes what it is made to do. */
async function channelOf() {
  const noted: (string | number)[] = [];
  const reads: ((found: Entry[]) => void)[] = [];
  const history = { lastSeq: async () => 0, after: () => new Promise<Entry[]>((resolve) => reads.push(resolve)) };
  const place = { history, metrics: { gap: () => undefined }, onReplay: () => undefined };
  const channel = new Channel('user.x', place as unknown as ChannelPlace, { frames: 9, bytes: 9_999 });
  let hear!: (error: Error | null, msg: Msg) => void;
  const subscribe = (_: string, options: { callback: typeof hear }) => (hear = options.callback);
  await channel.open({ subscribe } as unknown as NatsConnection);
  const hearer: Hearer = {
    keepsUp: true,
    isBefore: () => true,
    offer: ({ seq }) => noted.push(seq),
    hold: () => noted.push('hold'),
    release: () => noted.push('release'),
    gap: (reason) => noted.push(reason),
    restart: () => noted.push('restart'),
  };
  channel.hearers.add(hearer);
  const hears = (...seqs: number[]) => seqs.forEach((seq) => hear(null, message(seq)));
  return { channel, hears, reads, noted };
}

const stored = (...seqs: number[]) => seqs.map((seq) => Entry.from(message(seq).headers, Buffer.from('{}'))!);

it('RT17: what is heard while a hole is filled goes out with what filled it, before the clients go on', async () => {
  const { channel, hears, reads, noted } = await channelOf();
  hears(1, 3);
  reads[0]!(stored(2, 3));
  hears(4, 5);
  await channel.settled();
  expect(noted).toEqual([1, 'hold', 2, 3, 4, 5, 'release']);
});

it('RT18: a hole in what was heard while another was filled is filled, too', async () => {
  const { channel, hears, reads, noted } = await channelOf();
  hears(1, 3);
  reads[0]!(stored(2, 3));
  hears(5);
  await new Promise(setImmediate);
  reads[1]!(stored(4, 5));
  hears(6);
  await channel.settled();
  expect(noted).toEqual([1, 'hold', 2, 3, 'hold', 'release', 4, 5, 6, 'release']);
});
