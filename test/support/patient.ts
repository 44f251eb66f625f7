import type { Bus, SendAs } from '#bus';
import type { Command } from '#contracts';
import { DATABASE_WAITS } from '#persistence';

const PATIENCE_MS = 20_000;

/** A bus whose commands may take long: how fast they are answered is seldom what a test is about. */
export function patient(bus: Bus): Bus {
  const send = <Req extends object, Res extends object>(command: Command<Req, Res>, input: Req, as?: SendAs) =>
    bus.send(command, input, { timeoutMs: PATIENCE_MS, ...as });
  return Object.assign(Object.create(bus) as Bus, { send });
}

/**
 * Has this process wait long for the database. Fifty callers at once are fifty turns for a connection or a lock: on a
 * busy machine the last one's comes later than anybody would be kept waiting in earnest.
 */
export function waitLongForDatabase(): void {
  for (const wait of ['connection', 'lock', 'statement'] as const) DATABASE_WAITS[wait] = PATIENCE_MS;
}
