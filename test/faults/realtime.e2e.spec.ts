import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { eventually, pause } from '../support/eventually.js';
import { startStack, type Stack } from '../support/index.js';
import { searches } from '../support/nightly.js';
import { internal, register, type SignedIn } from '../support/people.js';

const PEOPLE = searches(6, 25);
const CLIENTS = searches(10, 20) * PEOPLE;
const SECONDS = searches(8, 60);

let stack: Stack;
const clients: Wanderer[] = [];
beforeAll(async () => {
  stack = await startStack();
}, 120_000);
afterEach(() => clients.splice(0).forEach((client) => client.end()));
afterAll(() => stack.stop());

/** A client on a bad network: it keeps the id of its last frame and comes back with it, as the contract says. */
class Wanderer {
  readonly ids: string[] = [];
  readonly gaps: unknown[] = [];
  /** Close codes and statuses of refused upgrades: why it had to come back. */
  readonly ends: number[] = [];
  private last?: string;
  private socket?: WebSocket;
  /** What the open connection goes over. */
  private raw?: Socket;
  private ended = false;

  constructor(readonly who: SignedIn) {
    clients.push(this);
    this.connect();
  }

  get isOpen(): boolean {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  get hasBegun(): boolean {
    return this.last !== undefined;
  }

  /** As a network that breaks: no goodbye, and what was under way is gone. */
  reset(): void {
    if (this.isOpen) this.raw?.resetAndDestroy();
    else this.socket?.terminate();
  }

  end(): void {
    this.ended = true;
    this.socket?.terminate();
  }

  private connect(): void {
    if (this.ended) return;
    const since = this.last ? `?since=${encodeURIComponent(this.last)}` : '';
    const url = `${stack.info.public_url.replace('http', 'ws')}/v1/auth/ws${since}`;
    const socket = new WebSocket(url, ['gatehouse.v1', `bearer.${this.who.accessToken}`]);
    this.socket = socket;
    socket.on('error', () => undefined);
    // After a refusal there is a close only if the socket is reset while it waits: one of both brings it back.
    let isGone = false;
    const leave = (why: number): void => {
      if (isGone) return;
      isGone = true;
      this.ends.push(why);
      this.comeBack();
    };
    socket.once('upgrade', (response) => (this.raw = response.socket));
    socket.on('unexpected-response', (request, { statusCode }) => {
      request.destroy();
      leave(statusCode!);
    });
    socket.on('message', (data) => this.take(JSON.parse(String(data)) as { id: string; type: string }));
    socket.once('close', leave);
  }

  private comeBack(): void {
    setTimeout(() => this.connect(), 50 + Math.random() * 500);
  }

  private take(frame: { id: string; type: string }): void {
    this.last = frame.id;
    if (frame.type === 'storm') this.ids.push(frame.id);
    if (frame.type === 'gap') this.gaps.push(frame);
  }
}

const broadcast = (who: SignedIn, id: string) =>
  internal(stack.info, 'broadcaster', 'POST', '/internal/broadcast', {
    user_id: who.userId,
    type: 'storm',
    data: { text: 'x'.repeat(100) },
    id,
  });

/** Publishes one after the other, each until it is taken. @returns what was published, in order */
async function publish(who: SignedIn, until: number): Promise<string[]> {
  const ids: string[] = [];
  while (Date.now() < until) {
    const id = randomUUID();
    await eventually('an event to be taken', 60_000, async () =>
      (await broadcast(who, id)).status === 202 ? true : undefined,
    );
    ids.push(id);
    await pause(20);
  }
  return ids;
}

const begun = () =>
  eventually('every client to be there', 60_000, async () => (clients.every((c) => c.hasBegun) ? true : undefined));

describe('clients on bad networks', () => {
  it(`RT16 RT17 RT10: ${CLIENTS} of them, reset at random while realtime dies, get each event once and in order`, async () => {
    const people = await Promise.all(Array.from({ length: PEOPLE }, () => register(stack.info)));
    for (let i = 0; i < CLIENTS; i += 1) new Wanderer(people[i % PEOPLE]!);
    await begun();
    const until = Date.now() + SECONDS * 1_000;
    const publishing = Promise.all(people.map((who) => publish(who, until)));
    const resets = setInterval(() => clients[Math.floor(Math.random() * CLIENTS)]!.reset(), 40);
    await pause((SECONDS * 1_000) / 3);
    stack.kill('realtime');
    const published = await publishing.finally(() => clearInterval(resets));
    for (const client of clients) {
      const expected = published[people.indexOf(client.who)]!;
      const hasAll = async () => (client.isOpen && client.ids.includes(expected.at(-1)!)) || undefined;
      // What it lacks shows in the comparison.
      await eventually('the last event', 60_000, hasAll).catch(() => undefined);
      const ends = client.ends.slice(-5);
      expect([client.isOpen, ends]).toEqual([true, ends]);
      expect(client.gaps).toEqual([]);
      expect(client.ids).toEqual(expected);
    }
    expect(clients.every((c) => c.ends.length > 0)).toBe(true);
  }, 300_000);
});

describe('a broker that is away', () => {
  it('RT33: sockets stay, producers are told 503 and nothing else, and events come again by themselves', async () => {
    const who = await register(stack.info);
    const client = new Wanderer(who);
    await begun();
    const first = randomUUID();
    expect((await broadcast(who, first)).status).toBe(202);
    process.kill(stack.natsPid, 'SIGSTOP');
    const lost = randomUUID();
    try {
      const { status, headers } = await broadcast(who, lost);
      expect([status, headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^\d+$/)]);
      await pause(searches(1, 60) * 1_000);
      expect([client.isOpen, client.ends]).toEqual([true, []]);
    } finally {
      process.kill(stack.natsPid, 'SIGCONT');
    }
    // What was refused may be sent again and is the same event, whether or not the broker had it.
    await eventually('the event to be taken', 60_000, async () =>
      (await broadcast(who, lost)).status === 202 ? true : undefined,
    );
    await eventually('the event', 30_000, async () => (client.ids.includes(lost) ? true : undefined));
    expect(client.ids).toEqual([first, lost]);
    expect(client.ends).toEqual([]);
  }, 240_000);
});
