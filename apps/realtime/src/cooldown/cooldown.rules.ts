import { createHash } from 'node:crypto';

/** How long a key's cooldown is when its producer does not say. */
export const DEFAULT_COOLDOWN_SECONDS = 60;

/** A producer's wish that a thing be told at most once in a while. */
export interface Cooldown {
  /** Whose key it is: what one producer says never holds back what another does. */
  producer: string;
  key: string;
  seconds: number;
}

/** Who holds a key, and until when, in Unix milliseconds. */
export interface Hold {
  id: string;
  until: number;
}

/** Keys name people and what happened to them, so the store sees a digest. */
export const cooldownKey = (receiver: string | undefined, { producer, key }: Cooldown): string =>
  createHash('sha256')
    .update(`gatehouse cooldown\0${producer}\0${receiver ?? 'all'}\0${key}`)
    .digest('base64url');

/** Whether an event has to be suppressed: another one holds the key. The holder itself may try again. */
export const isHeld = (hold: Hold | undefined, id: string, now: number): boolean =>
  hold !== undefined && hold.id !== id && hold.until > now;
