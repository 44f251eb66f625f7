import type { NatsConnection } from '@nats-io/transport-node';
import { connectAs as connectTo } from '#bus';
import type { BusUser } from '#contracts';
import type { DevInfo } from '#local';

/** A connection to the broker of a running system, with the user's own nkey; whoever asks for it closes it. */
export const connectAs = (dev: DevInfo, user: BusUser): Promise<NatsConnection> =>
  connectTo(user, { url: dev.nats.url, seedFile: dev.nats.users[user] });

/** Publishes one event as that user; resolves when the broker has it. */
export async function publishAs(dev: DevInfo, user: BusUser, subject: string, data: object): Promise<void> {
  const nats = await connectAs(dev, user);
  nats.publish(subject, JSON.stringify(data));
  await nats.flush();
  await nats.close();
}
