import { CK, CryptokiError } from './cryptoki.js';

/** The session, the login or the device is not what it was: after a restart of the device, or when a line was cut. */
const LOST: ReadonlySet<number> = new Set([
  CK.CKR_SLOT_ID_INVALID,
  CK.CKR_DEVICE_ERROR,
  CK.CKR_DEVICE_REMOVED,
  CK.CKR_SESSION_CLOSED,
  CK.CKR_SESSION_HANDLE_INVALID,
  CK.CKR_TOKEN_NOT_PRESENT,
  CK.CKR_USER_NOT_LOGGED_IN,
  CK.CKR_CRYPTOKI_NOT_INITIALIZED,
]);

/** A number that stood for an object does so no more: numbers last no longer than the login, and objects are deleted. */
const MOVED: ReadonlySet<number> = new Set([CK.CKR_KEY_HANDLE_INVALID, CK.CKR_OBJECT_HANDLE_INVALID]);

/** What a failed call says about those to come: nothing, or what has to be had anew. */
export function lostBy(error: unknown): 'login' | 'objects' | undefined {
  if (!(error instanceof CryptokiError)) return undefined;
  if (LOST.has(error.code)) return 'login';
  return MOVED.has(error.code) ? 'objects' : undefined;
}
