import { Injectable } from '@nestjs/common';
import { NotFound, ValidationFailed, type ManagedUser, type SearchUsersRequest, type UserPage } from '#contracts';
import { Transactions } from '#persistence';
import { viewColumns, viewOf, type UserColumns } from '../users/website-user.entity.js';

type Row = UserColumns & { last_seen_at: Date | null; deleted_at: Date | null; sessions: number };

const PAGE = 50;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const SELECT = `SELECT ${viewColumns('u')}, u.last_seen_at, u.deleted_at, (
    SELECT count(*)::integer FROM auth_sessions s WHERE s.user_id = u.id AND s.revoked_at IS NULL
      AND s.expires_at > now() AND s.idle_expires_at > now()) AS sessions
  FROM website_users u`;

/** Beginnings, so that the unique indexes serve: their collation orders by code point. */
const begins = (column: string, n: number): string =>
  `(lower(u.${column}) >= lower($${n} COLLATE pg_unicode_fast)
    AND lower(u.${column}) < lower($${n} COLLATE pg_unicode_fast) || chr(1114111))`;

const STATES = {
  active: 'u.is_active AND u.deleted_at IS NULL',
  suspended: 'NOT u.is_active AND u.deleted_at IS NULL',
  deleted: 'u.deleted_at IS NOT NULL',
};

/** Accounts as staff sees them. */
@Injectable()
export class ManagedUsers {
  constructor(private readonly tx: Transactions) {}

  /** @throws Refusal `not_found` */
  async read(id: string): Promise<ManagedUser> {
    const [row] = await this.tx.query<Row>(`${SELECT} WHERE u.id = $1`, [id]);
    if (!row) throw NotFound.with();
    return managedViewOf(row);
  }

  /** @throws Refusal `validation_failed` for a cursor that is none */
  async find(asked: SearchUsersRequest): Promise<UserPage> {
    const limit = asked.limit ?? PAGE;
    const { where, values } = conditionsOf(asked);
    const rows = await this.tx.query<Row>(`${SELECT} WHERE ${where} ORDER BY u.id DESC LIMIT ${limit + 1}`, values);
    const page = rows.slice(0, limit);
    return {
      users: page.map(managedViewOf),
      next_cursor: rows.length > limit ? cursorOf(page.at(-1)!.id) : null,
    };
  }
}

function conditionsOf(asked: SearchUsersRequest): { where: string; values: unknown[] } {
  const { q } = asked;
  const anything = (n: number): string => `(${begins('email', n)} OR ${begins('username', n)})`;
  const all: [unknown, (n: number) => string][] = [
    [q, q && UUID.test(q) ? (n) => `u.id = $${n}::uuid` : anything],
    [asked.email, (n) => begins('email', n)],
    [asked.username, (n) => begins('username', n)],
    [asked.role, (n) => `$${n} = ANY (u.roles)`],
    [idIn(asked.cursor), (n) => `u.id < $${n}::uuid`],
  ];
  const given = all.filter(([value]) => value !== undefined);
  const state = asked.status ? STATES[asked.status] : 'u.deleted_at IS NULL';
  return {
    where: [state, ...given.map(([, written], i) => written(i + 1))].join(' AND '),
    values: given.map(([value]) => value),
  };
}

/** Ids of pages are not told as such: what a cursor is may change. */
export const cursorOf = (id: string): string => Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url');

/** @throws Refusal `validation_failed` */
export function idIn(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const hex = Buffer.from(cursor, 'base64url').toString('hex');
  if (hex.length === 32) return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  const detail = 'cursor is not the cursor of a page.';
  throw ValidationFailed.with({ detail, errors: [{ field: 'cursor', code: 'invalid_format', detail }] });
}

const managedViewOf = (row: Row): ManagedUser => ({
  ...viewOf(row),
  account_status: row.deleted_at ? 'deleted' : row.is_active ? 'active' : 'suspended',
  last_seen_at: row.last_seen_at?.toISOString() ?? null,
  deleted_at: row.deleted_at?.toISOString() ?? null,
  sessions: row.sessions,
});
