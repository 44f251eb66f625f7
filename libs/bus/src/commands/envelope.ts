import { ValidationFailed, type Actor, type RequestOrigin, type WireError } from '#contracts';

/** What a command carries. */
export interface CommandEnvelope {
  input: unknown;
  actor?: Actor;
  origin?: RequestOrigin;
}

/** What its answer carries: one of the two. */
export type AnswerEnvelope = { ok: object } | { error: WireError };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((v) => typeof v === 'string');

/** @throws Refusal `validation_failed` when the text is no command. */
export function readCommand(text: string): CommandEnvelope {
  const read = readJson(text);
  if (!isObject(read)) throw ValidationFailed.with('The command is not a JSON object.');
  const { input, actor, origin } = read;
  if (actor !== undefined && !isActor(actor)) throw ValidationFailed.with('The actor of the command is malformed.');
  if (origin !== undefined && !isOrigin(origin)) throw ValidationFailed.with('The origin of the command is malformed.');
  return { input, actor, origin };
}

/** The answer in `text`, or nothing when it is none. */
export function readAnswer(text: string): AnswerEnvelope | undefined {
  const read = readJson(text);
  if (!isObject(read)) return undefined;
  const { ok, error } = read;
  if (isObject(ok) && error === undefined) return { ok };
  if (ok !== undefined || !isObject(error)) return undefined;
  const told = [error['code'], error['kind'], error['title']];
  return told.every((t) => typeof t === 'string') ? { error: error as unknown as WireError } : undefined;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isActor(value: unknown): value is Actor {
  if (!isObject(value)) return false;
  if (value['kind'] === 'caller') return typeof value['caller'] === 'string' && isTexts(value['scopes']);
  const { kind, user_id, session_id, client_id, roles, amr, auth_time, impersonator_id = '' } = value;
  const named = [user_id, session_id, client_id, impersonator_id].every((v) => typeof v === 'string');
  return kind === 'user' && named && isTexts(roles) && isTexts(amr) && typeof auth_time === 'number';
}

function isOrigin(value: unknown): value is RequestOrigin {
  if (!isObject(value)) return false;
  return [value['ip'], value['user_agent'], value['device']].every((v) => v === undefined || typeof v === 'string');
}
