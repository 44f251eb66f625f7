import fs from 'node:fs';
import { nkeyAuthenticator, type NodeConnectionOptions } from '@nats-io/transport-node';
import { ensureStreams, inboxPrefix, renderNatsConf } from '#bus';
import type { BusUser } from '#contracts';
import { startNats, type PublicNkeys } from '#local';
import { eventually } from './app-on-bus.js';
import { busKeys } from '../../../test/support/bus-keys.js';
import { testDir } from '../../../test/support/index.js';

export interface OwnBroker {
  url: string;
  seedFile(user: BusUser): string;
  connectionOptions(user: BusUser): NodeConnectionOptions;
  signal(name: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void;
  /** Starts the killed server again, on the same port and with its streams. */
  start(): Promise<void>;
  /** Writes the configuration anew, and has the server read it. */
  reconfigure(change: (conf: string, users: PublicNkeys<BusUser>) => string): Promise<void>;
  stop(): Promise<void>;
}

/** A nats-server whose process a test may pause, kill and reconfigure. */
export async function ownBroker(options: { streams?: boolean } = {}): Promise<OwnBroker> {
  const dir = testDir('own-nats');
  const { users, seedFile } = busKeys();
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
  const reloads = (): number =>
    fs.readFileSync(`${dir}/nats.log`, 'utf8').split('Reloaded server configuration').length;
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
    reconfigure: async (changed) => {
      change = (text) => changed(text, users);
      fs.writeFileSync(`${dir}/nats.conf`, conf());
      const before = reloads();
      process.kill(server.pid, 'SIGHUP');
      await eventually(() => expect(reloads()).toBeGreaterThan(before));
    },
    stop: async () => {
      await server.stop();
      fs.rmSync(dir, { recursive: true, force: true });
    },
  };
}
