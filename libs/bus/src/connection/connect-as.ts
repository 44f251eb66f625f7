import { readFileSync } from 'node:fs';
import { connect, nkeyAuthenticator, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node';
import type { BusUser } from '#contracts';
import { inboxPrefix } from './inbox.js';

/** Where the broker is and who asks. */
export interface BusUserAddress {
  /** `nats://host:port`; several servers of one cluster are separated by commas. */
  url: string;
  /** File with the nkey seed of the bus user. */
  seedFile: string;
}

/** Length of an nkey seed; whatever follows in its file (a newline) is not part of it. */
const SEED_LENGTH = 58;

/**
 * Connects a bus user once, without trying again.
 * @throws when the broker is away or does not know the user
 */
export function connectAs(
  user: BusUser,
  { url, seedFile }: BusUserAddress,
  options: NodeConnectionOptions = {},
): Promise<NatsConnection> {
  return connect({
    servers: url.split(','),
    name: user,
    // Read at each attempt: a seed that was replaced on disk is used from the next connection on.
    authenticator: nkeyAuthenticator(() => readFileSync(seedFile).subarray(0, SEED_LENGTH)),
    inboxPrefix: inboxPrefix(user),
    timeout: 3_000,
    // Without it every request costs two stack traces, half of the throughput.
    noAsyncTraces: true,
    ...options,
  });
}
