import { Refusal, Unavailable } from '#contracts';

interface DatabaseError extends Error {
  code?: string;
  driverError?: DatabaseError;
}

/** The driver's own error below TypeORM's. */
export const driverErrorOf = (error: unknown): DatabaseError =>
  (error as DatabaseError | undefined)?.driverError ?? (error as DatabaseError);

/**
 * The connection must not be used again: the server is going, gone or demoted (25006 on a former primary),
 * or the protocol is out of step after a time-out on our side.
 */
const BROKEN_CODE = /^(25006|57P0[1-5]|08...|ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/;
const BROKEN_TEXT = /Query read timeout|Connection terminated|not queryable|cached plan must not change/;

/** Besides what is broken: busy, out of connections or memory, too slow, or a lost race that a retry wins. */
const LATER_CODE = /^(53...|55P03|57014|40001|40P01|25P03|ENOTFOUND|EAI_AGAIN)$/;
const LATER_TEXT = /timeout exceeded when trying to connect|Cannot use a pool after calling end/;

/** Whether the connection on which this happened is to be destroyed. */
export function isBroken(error: unknown): boolean {
  const { code, message } = driverErrorOf(error) ?? {};
  return BROKEN_CODE.test(code ?? '') || BROKEN_TEXT.test(message ?? '');
}

/** Whether the same statement may well succeed later. */
export function isNotNow(error: unknown): boolean {
  if (error instanceof Refusal) return false;
  const { code, message } = driverErrorOf(error) ?? {};
  return isBroken(error) || LATER_CODE.test(code ?? '') || LATER_TEXT.test(message ?? '');
}

/** What to throw on: `unavailable` for what means "not now", with the reason as its cause; else the error itself. */
export function translate(error: unknown): unknown {
  if (!isNotNow(error)) return error;
  const refusal = Unavailable.with({ retry_after: 1 });
  refusal.cause = error;
  return refusal;
}

/** Whether a statement failed because the row exists already, under the named constraint when one is given. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  const { code, constraint: hit } = driverErrorOf(error) as { code?: string; constraint?: string };
  return code === '23505' && (constraint === undefined || hit === constraint);
}
