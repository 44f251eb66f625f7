import { randomUUID } from 'node:crypto';
import type { MsgHdrs } from '@nats-io/transport-node';

export const DEADLINE_HEADER = 'Gatehouse-Deadline';
export const REQUEST_ID_HEADER = 'Gatehouse-Request-Id';
export const TRACE_HEADER = 'traceparent';

/** What travels beside every command. */
export interface CallHeaders {
  /** Unix milliseconds. */
  deadline: number;
  requestId: string;
  traceparent?: string;
}

const REQUEST_ID = /^[\x21-\x7e]{1,128}$/;
const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;

const encoder = new TextEncoder();

/**
 * The headers as the client library wants them. It asks nothing of them but their bytes when it publishes, and its own
 * class checks and canonicalizes each name each time, which is a good part of what a call costs.
 */
export function encodeHeaders({ deadline, requestId, traceparent }: CallHeaders): MsgHdrs {
  const id = REQUEST_ID.test(requestId) ? requestId : randomUUID();
  const trace = traceparent && TRACEPARENT.test(traceparent) ? `${TRACE_HEADER}: ${traceparent}\r\n` : '';
  const text = `NATS/1.0\r\n${DEADLINE_HEADER}: ${deadline}\r\n${REQUEST_ID_HEADER}: ${id}\r\n${trace}\r\n`;
  return { encode: () => encoder.encode(text) } as unknown as MsgHdrs;
}

/** Reads the headers of a command; what is missing or malformed is replaced, never trusted. */
export function decodeHeaders(headers: MsgHdrs | undefined, fallbackDeadline: number): CallHeaders {
  const deadline = Number(headers?.get(DEADLINE_HEADER));
  const requestId = headers?.get(REQUEST_ID_HEADER) ?? '';
  const traceparent = headers?.get(TRACE_HEADER);
  return {
    deadline: Number.isSafeInteger(deadline) && deadline > 0 ? deadline : fallbackDeadline,
    requestId: REQUEST_ID.test(requestId) ? requestId : randomUUID(),
    traceparent: traceparent && TRACEPARENT.test(traceparent) ? traceparent : undefined,
  };
}
