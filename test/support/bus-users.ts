import { readFileSync } from 'node:fs';
import { connect, nkeyAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import { inboxPrefix } from '#bus';
import type { BusUser } from '#contracts';
import type { DevInfo } from '#local';

/** A connection to the broker of a running system, with the user's own nkey; whoever asks for it closes it. */
export function connectAs(dev: DevInfo, user: BusUser): Promise<NatsConnection> {
  // Seed files end with a newline, seeds do not.
  const seed = Buffer.from(readFileSync(dev.nats.users[user], 'utf8').trim());
  return connect({
    servers: dev.nats.url,
    authenticator: nkeyAuthenticator(seed),
    inboxPrefix: inboxPrefix(user),
  });
}

/** Publishes one event as that user; resolves when the broker has it. */
export async function publishAs(dev: DevInfo, user: BusUser, subject: string, data: object): Promise<void> {
  const nats = await connectAs(dev, user);
  nats.publish(subject, JSON.stringify(data));
  await nats.flush();
  await nats.close();
}
