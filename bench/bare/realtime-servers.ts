import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { WebSocketServer, type WebSocket } from 'ws';

/** `ws` with one frame built per event, or Socket.IO: pushes each event that its parent sends to every client. */
const server = createServer();
const push = process.argv[2] === 'socket.io' ? socketIo() : bareWs();

function socketIo(): (text: string) => void {
  const io = new Server(server, { perMessageDeflate: false, transports: ['websocket'] });
  return (text) => void io.emit('notification', text);
}

function bareWs(): (text: string) => void {
  const sockets = new Set<WebSocket>();
  new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket) => sockets.add(socket));
  return (text) => {
    // A text frame of 126 to 65,535 bytes, built once and written to each socket below `ws`.
    const payload = Buffer.from(text);
    const frame = Buffer.concat([Buffer.from([0x81, 126, payload.length >> 8, payload.length & 0xff]), payload]);
    for (const socket of sockets) (socket as unknown as { _socket: { write(b: Buffer): void } })._socket.write(frame);
  };
}

process.on('message', (texts: string[]) => texts.forEach(push));
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', 16_384, () => process.send!({ port: (server.address() as AddressInfo).port }));
