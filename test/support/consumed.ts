import type { JetStreamManager } from '@nats-io/jetstream';
import { EVENTS_STREAM } from '#bus';

/** Whether a service has had every event that it listens to, and is done with it. */
export async function hasConsumed(jsm: JetStreamManager, service: string): Promise<boolean> {
  const { num_pending, num_ack_pending } = await jsm.consumers.info(EVENTS_STREAM, service);
  return num_pending + num_ack_pending === 0;
}
