import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

/** Many WebSocket clients in one process that do as little as clients can: they count frames. */
interface Connect {
  connect: { port: number; path: string; headers: Record<string, string>; hello?: string }[];
}

const PING = 0x9;
const TEXT = 0x1;
const REPORT_MS = 5;
const SMALL = 126;

let received = 0;
let reported = -1;

process.on('message', (message: Connect) => void openAll(message.connect));
setInterval(() => {
  if (received !== reported) process.send!({ received: (reported = received) });
}, REPORT_MS);
process.on('disconnect', () => process.exit());

async function openAll(targets: Connect['connect']): Promise<void> {
  // Some at a time: a listener's queue is short.
  for (let i = 0; i < targets.length; i += 50) await Promise.all(targets.slice(i, i + 50).map(open));
  process.send!({ open: targets.length });
}

function open({ port, path, headers, hello }: Connect['connect'][number]): Promise<void> {
  const socket = connect(port, '127.0.0.1').setNoDelay(true);
  const lines = Object.entries({
    host: `127.0.0.1:${port}`,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': randomBytes(16).toString('base64'),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  socket.on('error', () => process.exit(1));
  return new Promise((resolve) => {
    let rest = Buffer.alloc(0);
    let upgraded = false;
    socket.on('data', (chunk) => {
      rest = rest.length ? Buffer.concat([rest, chunk]) : chunk;
      if (!upgraded) {
        const end = rest.indexOf('\r\n\r\n');
        if (end < 0) return;
        if (!rest.subarray(0, 12).equals(Buffer.from('HTTP/1.1 101'))) process.exit(1);
        upgraded = true;
        rest = rest.subarray(end + 4);
        if (hello) say(socket, TEXT, hello);
        resolve();
      }
      rest = rest.subarray(count(socket, rest));
    });
  });
}

/** Counts whole frames. @returns how many bytes they are */
function count(socket: Socket, bytes: Buffer): number {
  let at = 0;
  while (at + 2 <= bytes.length) {
    const short = bytes[at + 1]! & 0x7f;
    const head = short < SMALL ? 2 : short === SMALL ? 4 : 10;
    if (at + head > bytes.length) break;
    const length = short < SMALL ? short : short === SMALL ? bytes.readUInt16BE(at + 2) : bytes.readUInt32BE(at + 6);
    if (at + head + length > bytes.length) break;
    hear(socket, bytes[at]! & 0xf, bytes, at + head, length);
    at += head + length;
  }
  return at;
}

/** Frames of less than 100 bytes are what servers say for themselves. */
function hear(socket: Socket, kind: number, bytes: Buffer, at: number, length: number): void {
  if (kind === PING) say(socket, 0xa, '');
  // Engine.IO's ping.
  else if (length === 1 && bytes[at] === 0x32) say(socket, TEXT, '3');
  else if (length >= 300) received += 1;
}

/** A client's frame, masked with zeroes. */
function say(socket: Socket, kind: number, text: string): void {
  socket.write(Buffer.concat([Buffer.from([0x80 | kind, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]));
}
