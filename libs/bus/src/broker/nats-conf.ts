import { BUS_USERS, type BusUser } from '#contracts';
import { busPolicy } from './bus-policy.js';

/** Where and how one nats-server runs. */
export interface NatsConfOptions {
  port: number;
  /** Folder of the streams. */
  storeDir: string;
  /** Public nkey of each bus user; one that is missing cannot sign in. */
  users: Partial<Record<BusUser, string>>;
  /** Default: loopback. */
  host?: string;
  /** Default: made up by the server. Needed in a cluster. */
  serverName?: string;
  /** HTTP port for probes; off by default, it has no authentication. */
  monitorPort?: number;
  /** Files of the server's certificate; without them the connections are plain. */
  tls?: { cert: string; key: string; ca?: string };
  cluster?: { name: string; port: number; routes: string[] };
}

/** Largest message in bytes: the largest command input with room to spare. */
const MAX_PAYLOAD = 1_048_576;

/**
 * The configuration of nats-server: allow-lists for each bus user and nothing for anybody else.
 * Reload with SIGHUP after a change; a user that is gone is cut off then.
 */
export function renderNatsConf(options: NatsConfOptions): string {
  return [
    '# Generated from libs/contracts. Changes here are lost.',
    `host: ${quote(options.host ?? '127.0.0.1')}`,
    `port: ${options.port}`,
    ...(options.serverName ? [`server_name: ${quote(options.serverName)}`] : []),
    ...(options.monitorPort ? [`http_port: ${options.monitorPort}`] : []),
    `max_payload: ${MAX_PAYLOAD}`,
    'write_deadline: "10s"',
    'ping_interval: "20s"',
    'lame_duck_duration: "30s"',
    'lame_duck_grace_period: "5s"',
    ...block('jetstream', [`store_dir: ${quote(options.storeDir)}`, 'sync_interval: "1s"']),
    ...(options.tls ? tlsBlock(options.tls) : []),
    ...(options.cluster ? clusterBlock(options.cluster) : []),
    ...block('authorization', ['timeout: 5', 'users: [', ...usersOf(options.users), ']']),
    '',
  ].join('\n');
}

function usersOf(keys: NatsConfOptions['users']): string[] {
  const policy = busPolicy();
  return BUS_USERS.filter((user) => keys[user]).flatMap((user) => [
    `  # ${user}`,
    '  {',
    `    nkey: ${publicNkey(user, keys[user]!)}`,
    '    permissions: {',
    ...listOf('publish', policy[user].publish),
    ...listOf('subscribe', policy[user].subscribe),
    '    }',
    '  }',
  ]);
}

/** An empty allow-list would allow everything, so one that is empty denies everything instead. */
const listOf = (what: 'publish' | 'subscribe', subjects: string[]): string[] =>
  subjects.length
    ? [`      ${what}: { allow: [`, ...subjects.map((s) => `        ${quote(s)}`), '      ] }']
    : [`      ${what}: { deny: [">"] }`];

function publicNkey(user: string, key: string): string {
  if (!/^U[A-Z2-7]{55}$/.test(key)) throw new Error(`the nkey of bus user ${user} is not the public key of a user`);
  return key;
}

const tlsBlock = ({ cert, key, ca }: NonNullable<NatsConfOptions['tls']>): string[] =>
  block('tls', [
    `cert_file: ${quote(cert)}`,
    `key_file: ${quote(key)}`,
    ...(ca ? [`ca_file: ${quote(ca)}`] : []),
    'min_version: "1.3"',
  ]);

const clusterBlock = ({ name, port, routes }: NonNullable<NatsConfOptions['cluster']>): string[] =>
  block('cluster', [`name: ${quote(name)}`, `port: ${port}`, 'routes: [', ...routes.map((r) => `  ${quote(r)}`), ']']);

const block = (name: string, lines: string[]): string[] => [`${name} {`, ...lines.map((l) => `  ${l}`), '}'];

/** JSON's quoting is the one of nats-server's configuration too. */
const quote = (text: string): string => JSON.stringify(text);
