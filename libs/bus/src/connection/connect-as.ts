import { readFileSync } from 'node:fs';
import {
  connect,
  nkeyAuthenticator,
  TimeoutError,
  type NatsConnection,
  type NodeConnectionOptions,
} from '@nats-io/transport-node';
import type { BusUser } from '#contracts';
import { inboxPrefix } from './inbox.js';

/** Where the broker is and who asks. */
export interface BusUserAddress {
  /** `nats://host:port`, or `tls://host:port`; several servers of one cluster are separated by commas. */
  url: string;
  /** File with the nkey seed of the bus user. */
  seedFile: string;
}

/** Length of an nkey seed; whatever follows in its file (a newline) is not part of it. */
const SEED_LENGTH = 58;

/** Of who asks once and would have to begin anew: a try that hangs, at a broker that has just started say, is another one. */
const PATIENCE = { tries: 4, timeout: 5_000 };

/**
 * Connects a bus user at once or not at all; only a try that hangs is followed by another one.
 * @param options with a `timeout`, in ms, there is one try
 * @throws when the broker is away, does not know the user, or has no certificate that is trusted where TLS is asked for
 */
export async function connectAs(
  user: BusUser,
  address: BusUserAddress,
  options: NodeConnectionOptions = {},
): Promise<NatsConnection> {
  for (let left = options.timeout ? 1 : PATIENCE.tries; ; left -= 1) {
    try {
      return await connectOnce(user, address, options);
    } catch (error) {
      if (left <= 1 || !(error instanceof TimeoutError)) throw error;
    }
  }
}

function connectOnce(
  user: BusUser,
  { url, seedFile }: BusUserAddress,
  options: NodeConnectionOptions,
): Promise<NatsConnection> {
  return connect({
    servers: url.split(','),
    name: user,
    // Read at each attempt: a seed that was replaced on disk is used from the next connection on.
    authenticator: nkeyAuthenticator(() => readFileSync(seedFile).subarray(0, SEED_LENGTH)),
    inboxPrefix: inboxPrefix(user),
    timeout: PATIENCE.timeout,
    // Without it every request costs two stack traces, half of the throughput.
    noAsyncTraces: true,
    // Left to itself the client takes a broker without TLS for one that has none, whoever it is that says so.
    ...(url.startsWith('tls:') && { tls: {} }),
    ...options,
  });
}
