import { WebSocket } from 'ws';
import { eventually } from '../../../test/support/eventually.js';

export interface Asking {
  query?: Record<string, string>;
  /** Default: a bare client that hears events only. */
  protocols?: string[];
}

export interface Heard {
  id: string;
  type: string;
  at: string;
  data: Record<string, unknown>;
}

const CONTROL = new Set(['hello', 'gap', 'cursor', 'reconnect', 'token_expiring', 'refreshed', 'refresh_failed']);

export const V1: Asking = { protocols: ['gatehouse.v1'] };

const opened: WebSocket[] = [];
/** Ends every socket that a test left open. */
export const closeClients = (): void => opened.splice(0).forEach((socket) => socket.terminate());

/** A client that remembers what it heard. */
export class Client {
  readonly heard: Heard[] = [];
  readonly closed: Promise<number>;

  private constructor(readonly socket: WebSocket) {
    opened.push(socket);
    socket.on('message', (data) => this.heard.push(JSON.parse(String(data)) as Heard));
    this.closed = new Promise((resolve) => socket.once('close', resolve));
  }

  static open(url: string, token: string, { query = {}, protocols = [] }: Asking = {}): Promise<Client> {
    const search = new URLSearchParams(query).toString();
    const headers = { authorization: `Bearer ${token}` };
    const client = new Client(new WebSocket(search ? `${url}?${search}` : url, protocols, { headers }));
    return new Promise((resolve, reject) => {
      client.socket.once('open', () => resolve(client));
      client.socket.once('unexpected-response', (_, response) => reject(new Error(String(response.statusCode))));
      client.socket.on('error', reject);
    });
  }

  /** Events, without the frames of the connection itself. */
  get ids(): string[] {
    return this.heard.filter((f) => !CONTROL.has(f.type)).map((f) => f.id);
  }

  /** What a client that is careless keeps as its cursor: the last frame's id, whatever it was. */
  get lastId(): string {
    return this.heard.at(-1)!.id;
  }

  of(type: string): Heard[] {
    return this.heard.filter((f) => f.type === type);
  }

  has = (id: string): Promise<string> => eventually(`frame ${id}`, 30_000, async () => this.ids.find((i) => i === id));

  frame = (type: string): Promise<Heard> => eventually(`a frame ${type}`, 30_000, async () => this.of(type)[0]);

  say(frame: unknown): void {
    this.socket.send(JSON.stringify(frame));
  }

  /** As a network that breaks: no goodbye. */
  async drop(): Promise<void> {
    this.socket.terminate();
    await this.closed;
  }
}
