import type { Duplex } from 'node:stream';

/**
 * Destroys a socket when its other side has ended it, though nobody reads it: Node hands over a socket that asks for an
 * upgrade without reading on, and whoever lets it wait would go on working for somebody who is gone.
 * @returns ends that; call it before the socket is read. What came meanwhile is still in the socket.
 */
export function noticeEnd(socket: Duplex): () => void {
  const gone = (): void => void socket.destroy();
  // Bytes stay where they are; without any, reading is what brings the end forth.
  const look = (): void => {
    if (!socket.readableLength) socket.read();
  };
  socket.once('end', gone).on('readable', look);
  return () => void socket.off('end', gone).off('readable', look);
}
