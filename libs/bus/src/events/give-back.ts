import type { JsMsg } from '@nats-io/jetstream';

/** Has the broker give the event to somebody else, or here again: at once, or after a pause. */
export function giveBack(msg: JsMsg, pauseMs?: number): void {
  try {
    msg.nak(pauseMs);
  } catch {
    // The connection is closed: the broker does it by itself when it hears nothing.
  }
}
