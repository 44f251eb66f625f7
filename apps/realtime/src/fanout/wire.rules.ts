const FIN_TEXT = 0x81;

/**
 * A server's WebSocket text frame (RFC 6455, 5.2), which is the same for every socket: it is neither masked nor
 * compressed. In memory of its own, since it may stay in a ring for minutes.
 */
export function textFrame(text: Uint8Array): Buffer {
  const { length } = text;
  const head = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafeSlow(head + length);
  frame[0] = FIN_TEXT;
  if (head === 2) frame[1] = length;
  else if (head === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.set(text, head);
  return frame;
}
