import { randomFillSync } from 'node:crypto';

const random = Buffer.alloc(4_096);
let used = random.length;
let lastMs = 0;
let counter = 0;

function take(bytes: number): Buffer {
  if (used + bytes > random.length) {
    randomFillSync(random);
    used = 0;
  }
  used += bytes;
  return random.subarray(used - bytes, used);
}

/** Milliseconds and a 12-bit counter that together only grow within this process (RFC 9562, method 1). */
function tick(): [ms: number, count: number] {
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    counter = take(2).readUInt16BE() & 0x7ff;
  } else if (++counter > 0xfff) {
    lastMs += 1;
    counter = 0;
  }
  return [lastMs, counter];
}

/** A new UUIDv7: sorts by time of making, so that index pages fill one after another. */
export function newId(): string {
  const [ms, count] = tick();
  const bytes = Buffer.allocUnsafe(16);
  bytes.writeUIntBE(ms, 0, 6);
  bytes.writeUInt16BE(0x7000 | count, 6);
  take(8).copy(bytes, 8);
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
