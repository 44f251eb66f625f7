import { AsyncLocalStorage } from 'node:async_hooks';

/** What every line of log and every further call knows about the request that caused it. */
export interface RequestContext {
  requestId: string;
  /** Unix milliseconds after which nobody waits for the answer. */
  deadline?: number;
  /** W3C trace context: `00-<trace id>-<span id>-<flags>`. */
  traceparent?: string;
  /** Who asks, and from where: for the audit trail, never for a decision. */
  asker?: Asker;
}

export interface Asker {
  /** The account that acts: the person's own, or that of staff who acts in the person's name. */
  account_id?: string;
  /** The internal caller that acts. */
  caller?: string;
  ip?: string;
  user_agent?: string;
}

/** The request that is being worked on, wherever the code is. */
export const requestContext = new AsyncLocalStorage<RequestContext>();

/** The trace id in a `traceparent`, or nothing when it is malformed. */
export function traceIdOf(traceparent: string | undefined): string | undefined {
  return traceparent && /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}/.exec(traceparent)?.[1];
}
