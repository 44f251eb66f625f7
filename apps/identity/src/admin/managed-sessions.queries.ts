import { isIP } from 'node:net';
import { Injectable } from '@nestjs/common';
import {
  NotFound,
  ValidationFailed,
  type ManagedSession,
  type SearchSessionsRequest,
  type SessionPage,
} from '#contracts';
import { Transactions } from '#persistence';
import { cursorOf, idIn } from './managed-users.queries.js';

interface Row {
  id: string;
  user_id: string;
  client_id: string;
  user_agent: string | null;
  ip: string | null;
  amr: string[];
  auth_time: Date;
  created_at: Date;
  last_used_at: Date;
  ends_at: Date;
  active: boolean;
  revoked_at: Date | null;
  revoked_reason: string | null;
  impersonated_by: string | null;
  [column: string]: unknown;
}

const PAGE = 50;
const LIVE = 's.revoked_at IS NULL AND LEAST(s.expires_at, s.idle_expires_at) > now()';
const SELECT = `SELECT s.id, s.user_id, s.client_id, s.user_agent, s.ip, s.amr, s.auth_time, s.created_at,
    s.last_used_at, LEAST(s.expires_at, s.idle_expires_at) AS ends_at, ${LIVE} AS active, s.revoked_at,
    s.revoked_reason, s.impersonated_by
  FROM auth_sessions s`;

/** Sessions of everybody, as staff sees them. */
@Injectable()
export class ManagedSessions {
  constructor(private readonly tx: Transactions) {}

  /** @throws Refusal `not_found` */
  async read(id: string): Promise<ManagedSession> {
    const session = await this.find(id);
    if (!session) throw NotFound.with();
    return session;
  }

  async find(id: string): Promise<ManagedSession | undefined> {
    const [row] = await this.tx.query<Row>(`${SELECT} WHERE s.id = $1`, [id]);
    return row && viewOf(row);
  }

  /** @throws Refusal `validation_failed` for an address or a cursor that is none */
  async page(asked: SearchSessionsRequest): Promise<SessionPage> {
    const limit = asked.limit ?? PAGE;
    const { where, values } = conditionsOf(asked);
    const rows = await this.tx.query<Row>(`${SELECT} WHERE ${where} ORDER BY s.id DESC LIMIT ${limit + 1}`, values);
    const page = rows.slice(0, limit);
    return { sessions: page.map(viewOf), next_cursor: rows.length > limit ? cursorOf(page.at(-1)!.id) : null };
  }
}

function conditionsOf(asked: SearchSessionsRequest): { where: string; values: unknown[] } {
  if (asked.ip !== undefined && !isIP(asked.ip)) {
    const detail = 'ip is no address.';
    throw ValidationFailed.with({ detail, errors: [{ field: 'ip', code: 'invalid_format', detail }] });
  }
  const all: [unknown, (n: number) => string][] = [
    [asked.user_id, (n) => `s.user_id = $${n}::uuid`],
    [asked.client_id, (n) => `s.client_id = $${n}`],
    [asked.ip, (n) => `s.ip = $${n}`],
    [idIn(asked.cursor), (n) => `s.id < $${n}::uuid`],
  ];
  const given = all.filter(([value]) => value !== undefined);
  const state = asked.active === false ? 'true' : LIVE;
  return {
    where: [state, ...given.map(([, written], i) => written(i + 1))].join(' AND '),
    values: given.map(([value]) => value),
  };
}

const viewOf = ({ ends_at, ...row }: Row): ManagedSession => ({
  ...row,
  auth_time: row.auth_time.toISOString(),
  created_at: row.created_at.toISOString(),
  last_used_at: row.last_used_at.toISOString(),
  expires_at: ends_at.toISOString(),
  revoked_at: row.revoked_at?.toISOString() ?? null,
});
