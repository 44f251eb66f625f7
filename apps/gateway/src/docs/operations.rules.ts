import {
  BodyTooLarge,
  Empty,
  fieldsOf,
  Forbidden,
  IdempotencyKeyReused,
  Internal,
  InsufficientUserAuthentication,
  InvalidToken,
  NotFound,
  RateLimited,
  Unauthenticated,
  Unavailable,
  UnsupportedMediaType,
  ValidationFailed,
  type ErrorSpec,
  type FieldSpec,
  type Type,
} from '#contracts';
import { STATUS_OF } from '../edge/problems.rules.js';
import type { KnownRoute } from '../edge/route-table.js';
import type { Json, Schemas } from './schemas.rules.js';

const READS = new Set(['GET', 'HEAD', 'DELETE']);

const paramsOf = (path: string): string[] => [...path.matchAll(/:(\w+)/g)].map((m) => m[1]!);

/** Members that clients send as headers, not in the body. */
const IN_HEADERS: Record<string, string> = { idempotency_key: 'Idempotency-Key' };

/** Where an idempotency key makes sure that something is done once. */
const creates = ({ method, options }: KnownRoute): boolean =>
  method === 'POST' && options.listener === 'internal' && !options.withoutIdempotency;

function parametersOf(route: KnownRoute, fields: FieldSpec[], schemas: Schemas): Json[] {
  const inPath = paramsOf(route.path);
  const path = inPath.map((name) => {
    const field = fields.find((f) => f.name === name);
    return { name, in: 'path', required: true, schema: field ? schemas.field(field) : { type: 'string' } };
  });
  const rest = fields.filter((f) => !inPath.includes(f.name));
  const asked = READS.has(route.method) ? rest : rest.filter((f) => route.options.docs?.query?.includes(f.name));
  const query = asked.map((f) => ({ name: f.name, in: 'query', required: !f.optional, schema: schemas.field(f) }));
  const own = route.options.docs?.headers ?? [];
  const header = [...own, ...(creates(route) ? ['Idempotency-Key'] : [])].map(headerParameter);
  const client = rest.some((f) => f.name === 'client_id') ? [headerParameter('X-Client-Id')] : [];
  return [...path, ...query, ...header, ...client];
}

const headerParameter = (name: string): Json => ({ name, in: 'header', required: false, schema: { type: 'string' } });

function bodyOf(route: KnownRoute, input: Type, schemas: Schemas): Json | undefined {
  if (READS.has(route.method)) return undefined;
  if (route.options.body === 'raw') {
    const types = route.options.docs?.consumes ?? ['*/*'];
    return { content: Object.fromEntries(types.map((type) => [type, { schema: { type: 'string' } }])) };
  }
  const inPath = paramsOf(route.path);
  const fields = fieldsOf(input).filter((f) => !inPath.includes(f.name) && !IN_HEADERS[f.name]);
  if (!fields.length) return undefined;
  const schema = schemas.body(input, inPath);
  const json = { 'application/json': { schema } };
  const form = { 'application/x-www-form-urlencoded': { schema } };
  const { body } = route.options;
  const content = body === 'form' ? { ...json, ...form } : body === 'form-only' ? form : json;
  return { required: fields.some((f) => !f.optional), content };
}

/** What of a request may be refused besides its path. */
interface Takes {
  body: boolean;
  /** A query, or an address in the path, which is checked like one. */
  members: boolean;
}

/** Every refusal that a route can answer with. */
function errorsOf(route: KnownRoute, takes: Takes): ErrorSpec[] {
  const { command, permission = 'anyone', docs } = route.options;
  return [
    ...(docs?.errors ?? []),
    ...(command?.errors ?? []),
    ...(takes.body || takes.members ? [ValidationFailed] : []),
    ...(takes.body ? [BodyTooLarge, UnsupportedMediaType] : []),
    ...(creates(route) ? [IdempotencyKeyReused] : []),
    ...(route.path.includes(':') ? [NotFound] : []),
    ...(permission === 'anyone' ? [] : [Unauthenticated, InvalidToken]),
    ...(command?.freshAuth === undefined ? [] : [InsufficientUserAuthentication]),
    ...(permission === 'user' || permission === 'anyone' ? [] : [Forbidden]),
    ...(route.options.listener === 'internal' ? [] : [RateLimited]),
    ...(command ? [Unavailable, Internal] : []),
  ];
}

function errorResponses(route: KnownRoute, takes: Takes): Json {
  const byStatus = new Map<number, Set<string>>();
  for (const spec of errorsOf(route, takes)) {
    const status = STATUS_OF[spec.kind];
    byStatus.set(status, (byStatus.get(status) ?? new Set()).add(spec.code));
  }
  const media = route.options.errors === 'oauth' ? 'application/json' : 'application/problem+json';
  const name = route.options.errors === 'oauth' ? 'OAuthError' : 'Problem';
  const content = { [media]: { schema: { $ref: `#/components/schemas/${name}` } } };
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, codes]) => [status, { description: [...codes].sort().join(', '), content }]),
  );
}

function answerOf(route: KnownRoute, schemas: Schemas): Json {
  const { command, docs } = route.options;
  const status = docs?.status ?? 200;
  if (status >= 400) return {};
  const answer = docs?.answer ?? command?.response;
  const media = docs?.produces ?? 'application/json';
  const schema = answer && answer !== Empty ? schemas.ref(answer) : undefined;
  const hasBody = status !== 204 && (schema !== undefined || docs?.produces !== undefined);
  return {
    [status]: {
      description: 'Done.',
      ...(hasBody ? { content: { [media]: { schema: schema ?? { type: 'string' } } } } : {}),
    },
  };
}

function securityOf(route: KnownRoute): Json[] {
  const { permission = 'anyone' } = route.options;
  if (permission === 'anyone') return [];
  if (!permission.startsWith('internal:')) return [{ bearer: [] }];
  return [{ internalSecret: [] }, { internalSignature: [] }, { service: [permission.slice('internal:'.length)] }];
}

/** The OpenAPI operation of a route. */
export function operationOf(route: KnownRoute, schemas: Schemas): Json {
  const { command, docs, permission } = route.options;
  const input = docs?.input ?? command?.request;
  const requestBody = input ? bodyOf(route, input, schemas) : undefined;
  const fields = input ? fieldsOf(input) : [];
  const inPath = paramsOf(route.path);
  const members = READS.has(route.method) && fields.some((f) => !inPath.includes(f.name) || f.format === 'email');
  return {
    summary: docs?.summary ?? command?.summary,
    ...(docs?.description ? { description: docs.description } : {}),
    operationId: `${route.method.toLowerCase()}${route.path.replace(/[^A-Za-z0-9]+(.)?/g, (_, c: string = '') => c.toUpperCase())}`,
    tags: [docs?.tag ?? 'Other'],
    'x-permission': permission,
    security: securityOf(route),
    parameters: parametersOf(route, fields, schemas),
    ...(requestBody ? { requestBody } : {}),
    responses: { ...answerOf(route, schemas), ...errorResponses(route, { body: requestBody !== undefined, members }) },
  };
}
