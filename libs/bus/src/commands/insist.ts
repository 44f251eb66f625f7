import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal, type Command } from '#contracts';
import type { Bus } from './bus.js';

/** A service that restarts, or a row that is locked, is often there again after the first of them. */
const PAUSES_MS = [250, 1_000, 2_000, 4_000, 8_000];

/**
 * Sends a command that may be handled twice and that nobody waits for, again and again while its service is away.
 * @throws Refusal what it was refused with, or `unavailable` when it was away for all that time
 */
export async function insist<Req extends object, Res extends object>(
  bus: Pick<Bus, 'send'>,
  command: Command<Req, Res>,
  input: Req,
): Promise<Res> {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await bus.send(command, input);
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'unavailable') throw error;
    }
    await sleep(pauseMs, undefined, { ref: false });
  }
  return bus.send(command, input);
}
