import { isIP } from 'node:net';
import { Injectable } from '@nestjs/common';
import { allEvents, ValidationFailed, type AuditEntry, type AuditPage, type SearchAuditRequest } from '#contracts';
import { Transactions } from '#persistence';

interface FoundRow extends Omit<AuditEntry, 'at' | 'event' | 'outcome' | 'data'> {
  at: Date;
  event: string;
  data: Record<string, unknown>;
  [column: string]: unknown;
}

const PAGE = 50;
const FAILURE = /(_failed|_refused|_denied|\.refused|\.failed|\.guessed)$/;

const publicNames = new Map(allEvents().map((e) => [e.name, e.publicName]));
const internalNames = new Map(allEvents().map((e) => [e.publicName, e.name]));

const badField = (field: string, detail: string) =>
  ValidationFailed.with({
    detail: `Mend these fields: ${field}.`,
    errors: [{ field, code: 'invalid_format', detail }],
  });

/** Searches the audit log for staff. */
@Injectable()
export class AuditSearch {
  constructor(private readonly tx: Transactions) {}

  /** @throws Refusal `validation_failed` for an address or a cursor that is none */
  async find(asked: SearchAuditRequest): Promise<AuditPage> {
    const limit = asked.limit ?? PAGE;
    const { where, values } = conditionsOf(asked);
    const rows = await this.tx.query<FoundRow>(
      `SELECT l.seq::text AS seq, l.id, l.at, l.event, s.user_id, l.subject, a.user_id AS actor_id, l.actor, l.caller,
         l.client_id, l.session_id, host(l.ip) AS ip, l.user_agent, l.request_id, l.factors, l.cause, l.note, l.data
       FROM audit_log l
       LEFT JOIN audit_subjects s ON s.subject = l.subject
       LEFT JOIN audit_subjects a ON a.subject = l.actor
       WHERE ${where} ORDER BY l.seq DESC LIMIT ${limit + 1}`,
      values,
    );
    const page = rows.slice(0, limit);
    return { entries: page.map(viewOf), next_cursor: rows.length > limit ? cursorOf(page.at(-1)!.seq) : null };
  }
}

const OF_ACCOUNT = (n: number): string => `(SELECT subject FROM audit_subjects WHERE user_id = $${n}::uuid)`;

/** Only what was asked for stands in the statement, so that the index for it is used. */
function conditionsOf(asked: SearchAuditRequest): { where: string; values: unknown[] } {
  const event = asked.event === undefined ? undefined : (internalNames.get(asked.event) ?? asked.event);
  const all: [unknown, (n: number) => string][] = [
    [asked.user_id, (n) => `l.subject = ${OF_ACCOUNT(n)}`],
    [asked.actor_id, (n) => `l.actor = ${OF_ACCOUNT(n)}`],
    [asked.subject, (n) => `l.subject = $${n}::uuid`],
    [event, (n) => `l.event = $${n}`],
    [addressIn(asked.ip), (n) => `l.ip <<= $${n}::inet`],
    [asked.from, (n) => `l.at >= $${n}::timestamptz`],
    [asked.to, (n) => `l.at < $${n}::timestamptz`],
    [placeIn(asked.cursor), (n) => `l.seq < $${n}::bigint`],
  ];
  const given = all.filter(([value]) => value !== undefined);
  return {
    where: given.map(([, written], i) => written(i + 1)).join(' AND ') || 'true',
    values: given.map(([value]) => value),
  };
}

function addressIn(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const [address = '', bits, ...rest] = text.split('/');
  const width = { 0: -1, 4: 32, 6: 128 }[isIP(address)]!;
  const isRange = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= width);
  if (width < 0 || !isRange || rest.length) throw badField('ip', 'ip is no address and no range.');
  return text;
}

const cursorOf = (seq: string): string => Buffer.from(seq).toString('base64url');

function placeIn(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const place = Buffer.from(cursor, 'base64url').toString('latin1');
  if (!/^\d{1,18}$/.test(place)) throw badField('cursor', 'cursor is not the cursor of a page.');
  return place;
}

function viewOf({ at, event, ...row }: FoundRow): AuditEntry {
  const name = publicNames.get(event) ?? event;
  return { ...row, at: at.toISOString(), event: name, outcome: FAILURE.test(name) ? 'failure' : 'success' };
}
