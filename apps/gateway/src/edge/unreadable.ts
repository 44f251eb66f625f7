import type { Duplex } from 'node:stream';
import { ValidationFailed } from '#contracts';
import { problemOf } from './problems.rules.js';
import { rawAnswer } from './raw-answer.js';
import { requestIdOf } from './request-id.rules.js';
import { SECURITY_HEADERS } from './security-headers.js';

interface Unreadable {
  status: number;
  detail: string;
}

const NOT_HTTP: Unreadable = { status: 400, detail: 'The request is not HTTP as we read it.' };

/** By the codes of Node's parser; whatever else it stumbles over is no HTTP. */
const BY_CODE: Partial<Record<string, Unreadable>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    detail: 'The headers are too large; send less than 16 KiB of them.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    detail: 'The request did not come whole in time; send it again.',
  },
};

/** So long the sender has to take the answer. */
const LINGER_MS = 1_000;

/** Answers what is no request yet, since its head cannot be read, as everything else is answered; then hangs up. */
export const answerUnreadable =
  (publicUrl: string) =>
  (error: NodeJS.ErrnoException, socket: Duplex): void => {
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    socket.end(answerTo(BY_CODE[error.code ?? ''] ?? NOT_HTTP, publicUrl));
    // Hanging up at once, with bytes unread, would take the answer back; waiting for the sender could take for ever.
    socket.resume();
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  };

function answerTo({ status, detail }: Unreadable, publicUrl: string): string {
  const requestId = requestIdOf(undefined);
  const problem = problemOf(ValidationFailed.with(detail), { publicUrl, instance: '/', requestId });
  const body = JSON.stringify({ ...problem, status });
  const headers = {
    ...SECURITY_HEADERS,
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'x-request-id': requestId,
    connection: 'close',
  };
  return rawAnswer(status, headers, body);
}
