import { AppConfig, EnvInt, EnvUrl } from '#boot';

/** Configuration of the realtime app; its internal listener also takes the WebSocket upgrades. */
export class RealtimeConfig extends AppConfig {
  @EnvUrl('PUBLIC_URL')
  publicUrl!: string;

  /** Seconds between two pings; a client that misses one is gone. */
  @EnvInt('HEARTBEAT_SECONDS', { default: 25, min: 1, max: 60 })
  heartbeatSeconds!: number;

  /** Bytes a socket may have waiting before its client counts as too slow. */
  @EnvInt('SOCKET_BUFFER_BYTES', { default: 1_048_576, min: 65_536 })
  socketBufferBytes!: number;

  /** Milliseconds over which sockets are closed at most when this replica stops; it has to end before the drain does. */
  @EnvInt('DRAIN_SPREAD_MS', { default: 8_000, min: 0, max: 30_000 })
  drainSpreadMs!: number;

  /** Connections that may wait to be opened; more are told to come back (RT32), so that those that are open go on. */
  @EnvInt('OPENINGS_AT_ONCE', { default: 256, min: 1, max: 100_000 })
  openingsAtOnce!: number;

  /** Seconds between two looks at whether the replicas have about as many connections each. */
  @EnvInt('LOAD_SHARING_SECONDS', { default: 20, min: 1, max: 3_600 })
  loadSharingSeconds!: number;

  /** Connections that one person may have at a time, over all replicas. */
  @EnvInt('CONNECTIONS_PER_USER', { default: 32, min: 1, max: 10_000 })
  connectionsPerUser!: number;
}
