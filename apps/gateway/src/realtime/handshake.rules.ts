import type { IncomingHttpHeaders } from 'node:http';
import { UpgradeRequired, ValidationFailed, type FieldError } from '#contracts';
import { BEARER_PROTOCOL, protocolsOf } from './upgrade.rules.js';

/** RFC 6455, 4.2.1: 16 bytes in base64. */
const KEY = /^[+/0-9A-Za-z]{22}==$/;
/** RFC 9110, 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * Whoever asks for a socket asks as RFC 6455 says; what realtime would not understand is the client's to mend, and is
 * not told to come back.
 * @throws Refusal `upgrade_required` of another version; `validation_failed` that names the headers
 */
export function assertHandshake(headers: IncomingHttpHeaders): void {
  if (headers['sec-websocket-version'] !== '13') throw UpgradeRequired.with('Send Sec-WebSocket-Version: 13.');
  const errors = [...keyErrors(headers['sec-websocket-key']), ...protocolErrors(protocolsOf(headers))];
  if (!errors.length) return;
  throw ValidationFailed.with({ detail: errors.map((e) => e.detail).join(' '), errors });
}

function keyErrors(key: string | undefined): FieldError[] {
  const field = 'Sec-WebSocket-Key';
  if (key === undefined) return [{ field, code: 'required', detail: `${field} is required.` }];
  return KEY.test(key) ? [] : [{ field, code: 'invalid_format', detail: `${field} must be 16 bytes in base64, once.` }];
}

function protocolErrors(offered: readonly string[]): FieldError[] {
  const field = 'Sec-WebSocket-Protocol';
  const own = offered.filter((p) => !BEARER_PROTOCOL.test(p));
  if (!offered.every((p) => TOKEN.test(p))) {
    return [{ field, code: 'invalid_format', detail: `${field} must be names without spaces, separated by commas.` }];
  }
  if (new Set(own).size === own.length) return [];
  return [{ field, code: 'duplicate', detail: `${field} must name each subprotocol once.` }];
}
