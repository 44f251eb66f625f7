import { Http, jsonBody, type HttpOptions } from './http.js';
import { surroundings, type Wakes } from './platform.js';
import { CODES } from './realtime/close-codes.js';
import { Realtime } from './realtime/realtime.js';
import { Ways } from './realtime/ways.js';
import type { WebSocketClass } from './realtime/web-socket-link.js';
import { Session, type SessionOptions } from './session.js';
import type { License, MfaChallenge, TokenSet, User } from './wire.js';

export interface ClientOptions extends HttpOptions, SessionOptions {
  /** Where there is no global one (Node 20), or instead of it; null: none, server-sent events only. */
  WebSocket?: WebSocketClass | null;
}

export interface RealtimeOptions {
  /** Connect as the person's agent: agents get chat. */
  agent?: boolean;
  /** Go on behind the frame with this id. */
  since?: string;
  /** Whether server-sent events may stand in for WebSockets. Default: true. */
  streams?: boolean;
  signal?: AbortSignal;
}

/** Gatehouse for one person: the session, the commonest calls, and the events. */
export class GatehouseClient {
  readonly session: Session;
  private readonly http: Http;
  private readonly open = new Set<Realtime>();

  constructor(private readonly options: ClientOptions) {
    this.http = new Http(options);
    this.session = new Session(this.http, options);
  }

  async register(who: { email: string; username: string; password: string }): Promise<User> {
    return (await this.enter('/v1/auth/register', who)) as User;
  }

  /**
   * @returns the person, or the question for a second factor: whatever route answers it, hand its answer to `session.adopt`
   */
  login(who: { email?: string; username?: string; password: string }): Promise<User | MfaChallenge> {
    return this.enter('/v1/auth/login', who);
  }

  me(signal?: AbortSignal): Promise<User> {
    return this.session.json('/v1/auth/me', { signal });
  }

  license(signal?: AbortSignal): Promise<License> {
    return this.session.json('/v1/license/me', { signal });
  }

  /** New tokens now, say to have a new plan in them. They come by themselves before the old ones end. */
  async refresh(): Promise<User | undefined> {
    const token = await this.session.token();
    await this.session.renew(token);
    return this.session.user;
  }

  logout(options?: { everywhere?: boolean }): Promise<void> {
    return this.session.signOut(options);
  }

  /** Connects and stays connected for as long as this person is signed in. */
  realtime({ agent = false, since, streams = true, signal }: RealtimeOptions = {}): Realtime {
    const { WebSocket: Socket = (globalThis as { WebSocket?: WebSocketClass }).WebSocket } = this.options;
    const { random } = { ...surroundings(), ...this.options.platform };
    const ways = new Ways(this.http, Socket ?? undefined, streams);
    const realtime = new Realtime({ tokens: this.session, ways, agent, since, random });
    this.attend(realtime);
    return realtime.start(signal);
  }

  /** Lets go of everything: connections, timers, channels. */
  close(): void {
    for (const realtime of [...this.open]) realtime.close();
    this.session.close();
  }

  private async enter(path: string, body: object): Promise<User | MfaChallenge> {
    const askedAt = (this.options.platform?.now ?? Date.now)();
    const answer = await this.http.json<TokenSet | MfaChallenge>(path, jsonBody('POST', body));
    return 'access_token' in answer ? this.session.adopt(answer, askedAt) : answer;
  }

  /** Ties a connection to the session and to the network, until it is closed. */
  private attend(realtime: Realtime): void {
    this.open.add(realtime);
    let person = this.session.user?.id;
    const offs = [
      this.session.on('signed_out', ({ code }) => realtime.close(CODES.revoked, code)),
      // Events of one person are not another's.
      this.session.on('signed_in', ({ id }) => {
        if (person !== undefined && id !== person) realtime.close(CODES.revoked, 'another person has signed in');
        person = id;
      }),
      onWake({ ...surroundings(), ...this.options.platform }.wakes, () => realtime.wake()),
    ];
    realtime.onStatus((status) => {
      if (status.state !== 'closed') return;
      this.open.delete(realtime);
      for (const off of offs) off();
      if (status.code === CODES.revoked) void this.verifySession();
    });
  }

  /** A socket that was closed for good may mean that the session has ended, too. */
  private async verifySession(): Promise<void> {
    if (!this.session.user) return;
    // An ended session tells that itself, by `signed_out`.
    await this.me().catch(() => undefined);
  }
}

const WAKING = ['online', 'pageshow'];

function onWake(targets: Wakes[], act: () => void): () => void {
  for (const target of targets) for (const type of WAKING) target.addEventListener(type, act);
  return () => {
    for (const target of targets) for (const type of WAKING) target.removeEventListener(type, act);
  };
}
