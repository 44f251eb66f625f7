import { STATUS_CODES } from 'node:http';

/** An HTTP answer as it goes over a socket that has no response object. */
export function rawAnswer(status: number, headers: Record<string, string | number>, body: string): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', body].join('\r\n');
}
