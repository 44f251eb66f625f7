import fs from 'node:fs';
import path from 'node:path';
import type { NodeConnectionOptions } from '@nats-io/transport-node';
import { nkeyAuthenticator } from '@nats-io/transport-node';
import type { BusUser } from '#contracts';
import type { NatsConfOptions } from '#bus';
import { startNats, type RunningNats } from '#local';
import { busKeys } from './bus-keys.js';
import { testDir } from './run.js';
import { stalling } from './stalling.js';

export interface TestBroker {
  url: string;
  /** The nkey seed of a bus user. */
  seedFile(user: BusUser): string;
  /** To connect without the bus library, with the rights of the user and nothing more. */
  connectionOptions(user: BusUser): NodeConnectionOptions;
  /** Stops the server and starts it again on the same port, with its streams: what a restart looks like to clients. */
  restart(): Promise<void>;
  /** As {@link restart}, with a new disk: its streams are made anew by the migration step and are empty. */
  replace(): Promise<void>;
  /** Lets it stand still with its connections open, until {@link resume}. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

/** A nats-server of its own, with the generated policy, and the streams and consumers of a real deployment. */
export async function testBroker(options: Pick<NatsConfOptions, 'monitorPort'> = {}): Promise<TestBroker> {
  const { ensureStreams, renderNatsConf } = await import('#bus');
  const dir = testDir('nats');
  const { users, seedFile } = busKeys();
  const start = (port?: number): Promise<RunningNats> =>
    startNats({ dir, port, conf: (place) => renderNatsConf({ ...place, ...options, users }) });
  let server = await start();
  const url = await stalling(server.url);
  await ensureStreams({ url: server.url, seedFile: seedFile('operator') });
  return {
    url,
    seedFile,
    connectionOptions: (user) => ({
      servers: url,
      name: user,
      authenticator: nkeyAuthenticator(fs.readFileSync(seedFile(user)).subarray(0, 58)),
      inboxPrefix: `_INBOX_${user.replaceAll('-', '_')}`,
      // A try that hangs, as on a machine that stood still, is soon another one.
      timeout: 5_000,
      waitOnFirstConnect: true,
      noAsyncTraces: true,
    }),
    restart: async () => {
      await server.stop();
      server = await start(server.port);
    },
    replace: async () => {
      await server.stop();
      fs.rmSync(path.join(dir, 'store'), { recursive: true });
      server = await start(server.port);
      await ensureStreams({ url: server.url, seedFile: seedFile('operator') });
    },
    pause: () => process.kill(server.pid, 'SIGSTOP'),
    resume: () => process.kill(server.pid, 'SIGCONT'),
    stop: async () => {
      await server.stop();
      fs.rmSync(dir, { recursive: true, force: true });
    },
  };
}
