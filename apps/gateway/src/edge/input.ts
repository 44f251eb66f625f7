import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import {
  fieldsOf,
  NotFound,
  parse,
  Refusal,
  ValidationFailed,
  type FieldError,
  type FieldSpec,
  type Type,
} from '#contracts';
import { routeOf } from './route.js';

type Members = Record<string, unknown>;

const fieldMaps = new WeakMap<Type, Map<string, FieldSpec>>();

function fieldsByName(target: Type): Map<string, FieldSpec> {
  let map = fieldMaps.get(target);
  if (!map) fieldMaps.set(target, (map = new Map(fieldsOf(target).map((f) => [f.name, f]))));
  return map;
}

/** Queries are text; numbers and flags in them are read as such, and everything else is left to the rules. */
function fromText(spec: FieldSpec | undefined, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (spec?.type === 'integer' || spec?.type === 'number') return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  if (spec?.type === 'boolean') return value === 'true' ? true : value === 'false' ? false : value;
  return value;
}

function queryOf(fields: Map<string, FieldSpec>, query: unknown): Members {
  return Object.fromEntries(Object.entries(query as Members).map(([k, v]) => [k, fromText(fields.get(k), v)]));
}

function bodyOf(body: unknown): Members {
  if (body === undefined) return {};
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Members;
  throw ValidationFailed.with({ detail: 'The request must be a JSON object.', errors: [] });
}

const READS = new Set(['GET', 'HEAD', 'DELETE']);

const only = (sent: Members, keep: (name: string, value: unknown) => boolean): Members =>
  Object.fromEntries(Object.entries(sent).filter(([name, value]) => keep(name, value)));

/** RFC 6749 §3.2, for its endpoints and its form: what has no value was not sent, and at its endpoints what is not known is ignored. */
function meantOf(request: FastifyRequest, fields: Map<string, FieldSpec>, sent: Members): Members {
  const { errors, body } = routeOf(request);
  if (errors === 'oauth') return only(sent, (name, value) => fields.has(name) && value !== '');
  const isForm = body === 'form' && request.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  return isForm ? only(sent, (_, value) => value !== '') : sent;
}

/** Members of the request that stand in headers. */
function headersOf(request: FastifyRequest, fields: Map<string, FieldSpec>, sent: Members): Members {
  const added: Members = {};
  const clientId = request.headers['x-client-id'];
  if (clientId !== undefined && fields.has('client_id') && sent.client_id === undefined) added.client_id = clientId;
  const { idempotencyField } = routeOf(request);
  const key = request.headers['idempotency-key'];
  if (idempotencyField && key !== undefined && sent[idempotencyField] === undefined) added[idempotencyField] = key;
  return added;
}

/** Ids and codes are handed out here, so one that cannot be one leads nowhere; an address is typed, and its typist is told. */
const isHandedOut = (field: FieldSpec | undefined): boolean => field?.format !== 'email';

/** What stands in the path is known nowhere else: of two that differ nobody could tell which one is meant. */
const saidTwice = (sent: Members, params: Members): FieldError[] =>
  Object.keys(sent)
    .filter((name) => name in params)
    .map((field) => ({ field, code: 'unknown_field', detail: `${field} stands in the path; leave it out.` }));

/**
 * The request as `target`: body (or query), then headers, then path.
 * @throws Refusal `validation_failed`; `not_found` when it is an id or code of the path that cannot be right
 */
function readInput<T extends object>(target: Type<T>, request: FastifyRequest): T {
  const fields = fieldsByName(target);
  const params = request.params as Members;
  // A read that takes nothing does not mind what a cache or a tracker has added to its address.
  if (!fields.size && READS.has(request.method)) return new target();
  const said = READS.has(request.method) ? queryOf(fields, request.query) : bodyOf(request.body);
  const sent = meantOf(request, fields, said);
  try {
    const whole = { ...sent, ...headersOf(request, fields, sent), ...params };
    return parse(target, whole, saidTwice(sent, params));
  } catch (error) {
    const nowhere = ({ field, code }: FieldError): boolean =>
      field in params && code !== 'unknown_field' && isHandedOut(fields.get(field));
    if (error instanceof Refusal && error.extras.errors?.some(nowhere)) throw NotFound.with();
    throw error;
  }
}

/** The validated request of the route's command. */
export const Input = createParamDecorator((_: undefined, context: ExecutionContext) => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return readInput(routeOf(request).command!.request, request);
});

/** The body’s members as they came, for routes whose service knows best what is wrong with them; also of a DELETE. */
export const BodyMembers = createParamDecorator((_: undefined, context: ExecutionContext) =>
  bodyOf(context.switchToHttp().getRequest<FastifyRequest>().body),
);

/** The validated body, for routes whose body is not the command's request. */
export const Body = createParamDecorator((target: Type, context: ExecutionContext) =>
  readInput(target, context.switchToHttp().getRequest<FastifyRequest>()),
);
