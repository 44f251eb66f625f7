import { CODES } from './close-codes.js';
import { frameOf } from './frames.js';
import { queryOf, SOCKET_PATH, type Link, type LinkHears, type Target } from './link.js';

/** A WebSocket, as much of it as is used; the browser's, Node's and that of `ws` fit, whatever they call their events. */
export interface WebSocketLike {
  readyState: number;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}
export type WebSocketClass = new (url: string, protocols: string[]) => WebSocketLike;

const PROTOCOL = 'gatehouse.v1';
const OPEN = 1;
/** The server closes who sends more in one frame. */
const MAX_FRAME = 4_096;
/** A peer that is gone does not answer the goodbye. */
const GOODBYE_MS = 2_000;

/** The token goes in the subprotocol: URLs end up in logs. */
export class WebSocketLink implements Link {
  readonly kind = 'websocket';
  private readonly socket: WebSocketLike;

  constructor(Socket: WebSocketClass, baseUrl: string, target: Target, hears: LinkHears) {
    const url = `${baseUrl.replace(/^http/, 'ws')}${SOCKET_PATH}${queryOf(target)}`;
    this.socket = new Socket(url, [PROTOCOL, `bearer.${target.token}`]);
    this.socket.onmessage = ({ data }: { data: unknown }) => {
      const frame = frameOf(data);
      if (frame) hears.frame(frame);
    };
    this.socket.onclose = ({ code, reason }: { code: number; reason: unknown }) =>
      hears.ended({ code: code || CODES.gone, reason: String(reason) });
    // Every error is followed by a close.
    this.socket.onerror = () => undefined;
  }

  say(text: string): boolean {
    if (this.socket.readyState !== OPEN || text.length > MAX_FRAME) return false;
    this.socket.send(text);
    return true;
  }

  close(): void {
    const { socket } = this;
    const cutOff = setTimeout(() => (socket as { terminate?: () => void }).terminate?.(), GOODBYE_MS);
    (cutOff as { unref?: () => void }).unref?.();
    socket.onmessage = null;
    socket.onclose = () => clearTimeout(cutOff);
    socket.close(1_000);
  }
}
