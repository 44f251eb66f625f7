import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { noticeEnd, Shutdown } from '#boot';
import { canonicalUrl } from '../edge/aliases.rules.js';
import { requestIdOf } from '../edge/request-id.rules.js';
import { assertHandshake } from './handshake.rules.js';
import { away, endWhenSilent, RealtimeUpstream, refusalOf } from './realtime-upstream.js';
import { SocketAdmission } from './socket-admission.js';
import { switchingProtocols, upstreamHeaders, withoutToken, withoutUpgrade } from './upgrade.rules.js';
import { Headers, UpgradeAnswer } from './upgrade-answer.js';

export const SOCKET_PATH = '/v1/auth/ws';

const PARTING_MS = 1_000;
/** Over how long sockets are closed when the gateway stops, and how long one takes at most. */
const SPREAD_MS = 1_500;
const MOST_PAUSE_MS = 5;
/** A client's close frame (RFC 6455, 5.5.1) with the code 1012, under the mask 0. */
const RESTARTING = Buffer.from([0x88, 0x82, 0, 0, 0, 0, 1012 >> 8, 1012 & 0xff]);

interface Upgrade {
  request: IncomingMessage;
  socket: Socket;
  head: Buffer;
  path: string;
  query: URLSearchParams;
  requestId: string;
  headers: Headers;
  /** Until it is called, the socket is destroyed when its client leaves. */
  endNoticing: () => void;
}

/** Takes WebSocket upgrades on the public listener: authenticates them, then joins client and realtime app. */
@Injectable()
export class SocketsService {
  private readonly open = new Map<Socket, Socket>();

  constructor(
    private readonly admission: SocketAdmission,
    private readonly upstream: RealtimeUpstream,
    private readonly answer: UpgradeAnswer,
    private readonly shutdown: Shutdown,
  ) {}

  attach(server: Server): void {
    server.on('upgrade', (request, socket, head) => this.take(server, request, socket as Socket, head));
    this.shutdown.register('http', 'websockets', () => this.closeAll());
  }

  private take(server: Server, request: IncomingMessage, socket: Socket, head: Buffer): void {
    const [path = '', query = ''] = canonicalUrl(request.url ?? '/').split(/\?(.*)/s, 2);
    const isOurs = path === SOCKET_PATH && request.headers.upgrade?.toLowerCase() === 'websocket';
    if (!isOurs || request.method !== 'GET') return asPlainRequest(server, request, socket, head);
    socket.on('error', () => socket.destroy());
    const requestId = requestIdOf(request.headers['x-request-id']);
    const upgrade = {
      request,
      socket,
      head,
      path,
      query: new URLSearchParams(query),
      requestId,
      headers: new Headers(),
      endNoticing: noticeEnd(socket),
    };
    this.admit(upgrade).catch((error: unknown) => this.answer.refuse(socket, error, upgrade));
  }

  private async admit(upgrade: Upgrade): Promise<void> {
    const { headers } = upgrade.request;
    this.upstream.assertOpen();
    assertHandshake(headers);
    const address = await this.admission.check(upgrade.request, upgrade.headers);
    const token = await this.upstream.authenticate(headers, upgrade.query);
    if (upgrade.socket.destroyed) return;
    await this.join(upgrade, token, address);
  }

  /** Connects to the realtime app; resolves when the sockets are joined. */
  private join(upgrade: Upgrade, token: string, address: string): Promise<void> {
    const { request, socket, requestId } = upgrade;
    const headers = upstreamHeaders(request.headers, { token, address, requestId, host: this.upstream.host });
    const asking = this.upstream.request(withoutToken(upgrade.path, upgrade.query), headers);
    return new Promise((resolve, reject) => {
      asking.once('error', () => reject(away()));
      asking.once('response', (answer) => {
        answer.resume();
        reject(refusalOf(answer));
      });
      asking.once('upgrade', (answer, peer, first) => {
        if (this.upstream.isStopping) {
          peer.destroy();
          return reject(away());
        }
        upgrade.endNoticing();
        socket.write(switchingProtocols(answer.headers, requestId));
        this.pipe(upgrade, peer as Socket, first);
        resolve();
      });
      socket.once('close', () => asking.destroy());
      asking.end();
    });
  }

  /**
   * Says goodbye for every client, one after the other: the realtime app answers a close frame with the same code,
   * behind whatever it has sent, and that is what the client gets. A peer that does not answer is cut off.
   */
  private async closeAll(): Promise<void> {
    const pause = Math.min(SPREAD_MS / Math.max(this.open.size, 1), MOST_PAUSE_MS);
    const start = Date.now();
    for (const [i, [socket, peer]] of [...this.open].entries()) {
      const due = start + i * pause;
      if (due > Date.now()) await sleep(due - Date.now());
      peer.write(RESTARTING);
      setTimeout(() => socket.destroy(), PARTING_MS).unref();
    }
    for (const until = Date.now() + PARTING_MS; this.open.size && Date.now() < until;) await sleep(10);
  }

  /** Bytes go both ways as fast as the slower side takes them; when one side ends, so does the other. */
  private pipe({ socket, head }: Upgrade, peer: Socket, first: Buffer): void {
    this.open.set(socket, peer);
    for (const side of [socket, peer]) endWhenSilent(side).setNoDelay(true).setKeepAlive(true, 30_000);
    peer.on('error', () => socket.destroy());
    peer.once('close', () => socket.end());
    socket.once('close', () => {
      this.open.delete(socket);
      peer.destroy();
    });
    if (first.length) socket.write(first);
    if (head.length) peer.write(head);
    peer.pipe(socket);
    socket.pipe(peer);
  }
}

/**
 * Serves a request that asks for another protocol (some HTTP clients ask for h2c with every request) as if it had
 * not asked: the connection starts anew with the same bytes.
 */
function asPlainRequest(server: Server, request: IncomingMessage, socket: Socket, head: Buffer): void {
  if (head.length) socket.unshift(head);
  socket.unshift(Buffer.from(withoutUpgrade(request), 'latin1'));
  server.emit('connection', socket);
}
