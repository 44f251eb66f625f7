import { ValidationFailed } from '#contracts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const PAGE = 50;

export interface PageRequest {
  cursor?: string;
  limit?: number;
}

/** A page's rows and where the next one begins. */
export interface Page<T> {
  rows: T[];
  next_cursor: string | null;
}

/**
 * Id that the page goes on below; rows are ordered by their time-ordered ids, newest first.
 * @throws Refusal `validation_failed` for a cursor that we never gave out.
 */
export function readCursor({ cursor, limit }: PageRequest): { below: string | null; limit: number } {
  if (cursor === undefined) return { below: null, limit: limit ?? PAGE };
  const below = Buffer.from(cursor, 'base64url').toString('latin1');
  if (!UUID.test(below)) {
    const errors = [{ field: 'cursor', code: 'invalid', detail: 'cursor is no next_cursor of a page before.' }];
    throw ValidationFailed.with({ detail: 'Mend these fields: cursor.', errors });
  }
  return { below, limit: limit ?? PAGE };
}

/** Cuts a page from `rows`, which were asked for with one more than fit. */
export function pageOf<T extends { id: string }>(rows: T[], limit: number): Page<T> {
  const shown = rows.slice(0, limit);
  const more = rows.length > limit;
  return { rows: shown, next_cursor: more ? Buffer.from(shown.at(-1)!.id, 'latin1').toString('base64url') : null };
}
