import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { AccessTokenVerifier, DeviceSightings, RevocationList } from '#access-tokens';
import { Log, Metrics, type InternalListener, type Shutdown } from '#boot';
import type { Bus } from '#bus';
import { InvalidToken, type Command } from '#contracts';
import type { TestBroker } from '../../../test/support/index.js';
import { Channels } from '../src/fanout/channels.service.js';
import { DeliveryMetrics } from '../src/fanout/delivery-metrics.service.js';
import { FrameHistory } from '../src/fanout/frame-history.service.js';
import { FramePublisher } from '../src/fanout/frame-publisher.service.js';
import { Resumption } from '../src/fanout/resumption.service.js';
import { Departures } from '../src/presence/departures.service.js';
import { PresenceReports } from '../src/presence/presence-reports.service.js';
import type { RealtimeConfig } from '../src/realtime.config.js';
import { ConnectionLimit } from '../src/sockets/connection-limit.service.js';
import { Connections } from '../src/sockets/connections.js';
import { LoadSharing } from '../src/sockets/load-sharing.service.js';
import { Openings } from '../src/sockets/openings.service.js';
import { Outboxes } from '../src/sockets/outboxes.service.js';
import { SocketsDrain } from '../src/sockets/sockets-drain.service.js';
import { SocketsUpkeep } from '../src/sockets/sockets-upkeep.service.js';
import { TokenRefresh } from '../src/sockets/token-refresh.service.js';
import { UpgradesService } from '../src/sockets/upgrades.service.js';
import { EventStreams } from '../src/sse/event-streams.service.js';
import { Client, type Asking } from './client.js';

export const soon = () => Math.floor(Date.now() / 1000) + 600;

/**
 * One replica of realtime: its own connection to the broker, its own HTTP server. Tokens are `<user>:<session>`, or
 * `<user>:<session>:<exp>`.
 */
export class Replica {
  readonly server: Server = createServer();
  readonly revoked = new Set<string>();
  readonly sighted: unknown[] = [];
  /** Commands that were sent to other services, each with its input. */
  readonly sent: [string, unknown][] = [];
  readonly metrics = new Metrics();
  readonly publisher: FramePublisher;
  readonly connections: Connections;
  readonly upkeep: SocketsUpkeep;
  readonly reports: PresenceReports;
  readonly sharing: LoadSharing;
  readonly nats: NatsConnection;
  /** Tokens are looked at when it resolves. */
  verifying: Promise<void> = Promise.resolve();
  /** How often a token was looked at. */
  verified = 0;
  /** While it says so, what comes from the bus is lost. */
  loses: (subject: string) => boolean = () => false;
  private tell: (ids: string[], at?: Date) => void = () => undefined;
  private stops: (() => Promise<void> | void)[] = [];

  private constructor(nats: NatsConnection, config: Partial<RealtimeConfig>) {
    this.nats = nats;
    const settings = {
      heartbeatSeconds: 60,
      socketBufferBytes: 1_048_576,
      drainSpreadMs: 20,
      drainSeconds: 15,
      connectionsPerUser: 32,
      openingsAtOnce: 256,
      loadSharingSeconds: 3_600,
    };
    const whole = { ...settings, ...config } as RealtimeConfig;
    const log = Log.create({ app: 'realtime', level: 'silent' });
    const send = (name: string, input: unknown) => void this.sent.push([name, input]);
    const bus = busOver(nats, (subject) => this.loses(subject), send);
    const verifier = { verifyBearer: (token: string) => this.verify(token) } as unknown as AccessTokenVerifier;
    const sightings = { note: (token: { device_id?: string }) => this.sighted.push(token.device_id) };
    const revocations = { onRevoked: (tell: (ids: string[], at?: Date) => void) => (this.tell = tell) };
    const shutdown = { register: (_phase: string, _name: string, stop: () => void) => this.stops.push(stop) };
    const listener = listenerOn(this.server);

    this.publisher = new FramePublisher(bus);
    const deliveries = new DeliveryMetrics(this.metrics);
    const channels = new Channels(bus, new FrameHistory(bus, this.metrics), deliveries, log, this.metrics);
    const limit = new ConnectionLimit(whole, bus);
    this.connections = new Connections(sightings as unknown as DeviceSightings, limit, this.metrics);
    const outboxes = new Outboxes(whole, channels, deliveries);
    const openings = new Openings(whole, verifier, new Resumption(channels, deliveries), outboxes, this.connections);
    this.upkeep = new SocketsUpkeep(whole, this.connections, revocations as unknown as RevocationList, this.metrics);
    const drain = new SocketsDrain(whole, this.connections, shutdown as unknown as Shutdown);
    const refresh = new TokenRefresh(verifier, openings, this.metrics);
    new UpgradesService(listener, openings, drain, refresh, log).onApplicationBootstrap();
    new EventStreams(listener, openings, drain, log).onApplicationBootstrap();
    this.upkeep.onApplicationBootstrap();
    this.sharing = new LoadSharing(whole, this.connections, drain, bus);
    this.sharing.onApplicationBootstrap();
    this.reports = new PresenceReports(this.connections, bus, log);
    this.reports.onApplicationBootstrap();
    new Departures(this.connections, this.reports, drain, bus, log).onApplicationBootstrap();
  }

  /** @param url of another way to the broker than the direct one */
  static async start(broker: TestBroker, config: Partial<RealtimeConfig> = {}, url = broker.url): Promise<Replica> {
    const options = { maxReconnectAttempts: -1, reconnectTimeWait: 100, reconnectJitter: 0 };
    const nats = await connect({ ...broker.connectionOptions('realtime'), ...options, servers: url });
    const replica = new Replica(nats, config);
    await new Promise<void>((resolve) => replica.server.listen(0, '127.0.0.1', resolve));
    return replica;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  private async verify(token: string): Promise<unknown> {
    this.verified += 1;
    await this.verifying;
    const [sub, sid, exp] = token.split(':');
    const jti = `jti-${sid}`;
    if (!sid || this.revoked.has(sid) || this.revoked.has(jti)) throw InvalidToken.with();
    const whose = sid.startsWith('device-') ? { device_id: sid } : { sid };
    return { sub, ...whose, jti, exp: Number(exp ?? soon()), client_id: 'web', roles: [] };
  }

  revoke(id: string): void {
    this.revoked.add(id);
    this.tell([id], new Date());
  }

  drain = async (): Promise<void> => {
    for (const stop of this.stops) await stop();
  };

  open(token: string, asking: Asking = {}): Promise<Client> {
    return Client.open(`ws://127.0.0.1:${this.port}/v1/auth/ws`, token, asking);
  }

  /** As `kill -9` does: sockets are reset, and nobody is told anything. */
  async kill(): Promise<void> {
    this.upkeep.onApplicationShutdown();
    this.reports.onApplicationShutdown();
    this.sharing.onApplicationShutdown();
    this.server.close();
    for (const { socket } of this.raw) socket.resetAndDestroy();
    await this.nats.close();
  }

  async stop(): Promise<void> {
    this.upkeep.onApplicationShutdown();
    this.reports.onApplicationShutdown();
    this.sharing.onApplicationShutdown();
    this.server.close();
    this.server.closeAllConnections();
    await this.nats.close();
  }

  readonly raw = this.trackSockets();

  private trackSockets(): Set<{ socket: Socket }> {
    const raw = new Set<{ socket: Socket }>();
    this.server.on('connection', (socket) => {
      const held = { socket };
      raw.add(held);
      socket.once('close', () => raw.delete(held));
    });
    return raw;
  }
}

/** What realtime uses of its internal listener: one path of each kind. */
function listenerOn(server: Server): InternalListener {
  const listener: Pick<InternalListener, 'onUpgrade' | 'route'> = {
    onUpgrade: (_path, take) => void server.on('upgrade', take),
    route: (_method, _path, answer) => void server.on('request', answer),
  };
  return listener as InternalListener;
}

/** What realtime uses of the bus, over a bare connection. */
function busOver(
  nats: NatsConnection,
  loses: (subject: string) => boolean,
  send: (name: string, input: unknown) => void,
): Bus {
  const on: Record<string, (() => void)[]> = { disconnect: [], reconnect: [] };
  void (async () => {
    for await (const { type } of nats.status()) for (const fn of on[type] ?? []) fn();
  })();
  const connection = lossy(nats, loses);
  const bus = {
    connection,
    whenUp: (fn: (nc: NatsConnection) => void) => fn(connection),
    send: async ({ name }: Command, input: object) => send(name, input),
    onLost: (fn: () => void) => on.disconnect!.push(fn),
    onReconnect: (fn: () => void) => on.reconnect!.push(fn),
  };
  return bus as unknown as Bus;
}

/** The same connection, with a subscription that may lose messages. */
function lossy(nats: NatsConnection, loses: (subject: string) => boolean): NatsConnection {
  const subscribe: NatsConnection['subscribe'] = (subject, options = {}) =>
    nats.subscribe(subject, {
      ...options,
      callback: (error, msg) => {
        if (error || !loses(msg.subject)) options.callback?.(error, msg);
      },
    });
  return new Proxy(nats, {
    get: (target, name) => {
      if (name === 'subscribe') return subscribe;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}
