import { createHash } from 'node:crypto';
import type { QueryConfig } from 'pg';

const MAX_NAMES = 500;
const names = new Map<string, string>();

/**
 * A statement with parameters is prepared once per connection and named after its text, so that Postgres parses and
 * plans it once. The number of names is bounded: text that is put together at run time would grow without end.
 */
export function statement(text: string, values?: unknown[]): QueryConfig {
  if (!values) return { text };
  let name = names.get(text);
  if (!name && names.size < MAX_NAMES) {
    name = `g_${createHash('sha1').update(text).digest('base64url')}`;
    names.set(text, name);
  }
  return name ? { name, text, values } : { text, values };
}
