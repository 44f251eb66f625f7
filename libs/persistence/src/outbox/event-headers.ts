import { requestContext, type Asker } from '#boot';

/** Headers that begin so stay in the table: they say who asked and from where, and the bus carries no personal data. */
export const PRIVATE_HEADER = '_';

/** What is not printed as it is: control characters, and those that turn the direction of a line or end it. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Text that may be shown line by line: nothing in it looks like another line. */
export const printable = (text: string): string =>
  text.replace(UNPRINTABLE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Headers of an event that the present request causes, for statements that insert their outbox row themselves. */
export function eventHeaders(): Record<string, string> {
  const context = requestContext.getStore();
  if (!context) return {};
  return {
    'Gatehouse-Request-Id': context.requestId,
    ...(context.traceparent ? { traceparent: context.traceparent } : {}),
    ...(context.asker ? privateHeaders(context.asker) : {}),
  };
}

function privateHeaders({ account_id, caller, ip, user_agent }: Asker): Record<string, string> {
  return {
    ...(account_id ? { _account: account_id } : {}),
    ...(caller ? { _caller: caller } : {}),
    ...(ip ? { _ip: ip } : {}),
    ...(user_agent ? { _agent: printable(user_agent.slice(0, 512)) } : {}),
  };
}
