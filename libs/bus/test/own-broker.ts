import fs from 'node:fs';
import { nkeyAuthenticator, type NodeConnectionOptions } from '@nats-io/transport-node';
import { ensureStreams, inboxPrefix, renderNatsConf } from '#bus';
import { BUS_USERS, type BusUser } from '#contracts';
import { ensureNkeys, seedFileOf, startNats, type PublicNkeys } from '#local';
import { testDir } from '../../../test/support/index.js';

export interface OwnBroker {
  url: string;
  seedFile(user: BusUser): string;
  connectionOptions(user: BusUser): NodeConnectionOptions;
  /** Sends the server process a signal; `SIGHUP` makes it read its configuration again. */
  signal(name: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL' | 'SIGHUP'): void;
  /** Starts the killed server again, on the same port and with its streams. */
  start(): Promise<void>;
  /** Writes the configuration anew, for a reload or a start. */
  configure(change: (conf: string, users: PublicNkeys<BusUser>) => string): void;
  stop(): Promise<void>;
}

/** A nats-server whose process a test may pause, kill and reconfigure. */
export async function ownBroker(options: { streams?: boolean } = {}): Promise<OwnBroker> {
  const dir = testDir('own-nats');
  const users = ensureNkeys<BusUser>(`${dir}/nkeys`, BUS_USERS);
  let port: number | undefined;
  let storeDir = '';
  let change = (conf: string): string => conf;
  const conf = (): string => change(renderNatsConf({ port: port!, storeDir, users }));
  const start = () =>
    startNats({
      dir,
      port,
      conf: (place) => {
        ({ port, storeDir } = place);
        return conf();
      },
    });
  let server = await start();
  const seedFile = (user: BusUser) => seedFileOf(`${dir}/nkeys`, user);
  if (options.streams ?? true) await ensureStreams({ url: server.url, seedFile: seedFile('operator') });
  return {
    url: server.url,
    seedFile,
    connectionOptions: (user) => ({
      servers: server.url,
      authenticator: nkeyAuthenticator(fs.readFileSync(seedFile(user)).subarray(0, 58)),
      inboxPrefix: inboxPrefix(user),
      noAsyncTraces: true,
    }),
    signal: (name) => process.kill(server.pid, name),
    start: async () => {
      server = await start();
    },
    configure: (changed) => {
      change = (text) => changed(text, users);
      fs.writeFileSync(`${dir}/nats.conf`, conf());
    },
    stop: async () => {
      await server.stop();
      fs.rmSync(dir, { recursive: true, force: true });
    },
  };
}
