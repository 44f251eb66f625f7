import 'reflect-metadata';
import { Transform, Type as TransformTo } from 'class-transformer';
import * as v from 'class-validator';
import { pattern, wordsOf } from './patterns.js';
import type { Type } from './type.js';

/** What a field of a message is, for validation, the generated reference and OpenAPI alike. */
export interface FieldSpec {
  name: string;
  type: 'string' | 'integer' | 'number' | 'boolean' | 'object' | 'array' | 'any';
  /** May be absent. */
  optional: boolean;
  /** May be `null`. */
  nullable: boolean;
  format?: string;
  enum?: readonly string[];
  min?: number;
  max?: number;
  pattern?: RegExp;
  /** Class of the object, or of the array's items. */
  of?: () => Type;
  /** JSON type of the array's items when they are no objects. */
  items?: 'string' | 'number';
  /** Never logged, never shown: passwords, tokens, keys. */
  secret: boolean;
  description?: string;
  example?: unknown;
}

export interface FieldOptions {
  optional?: boolean;
  nullable?: boolean;
  description?: string;
  example?: unknown;
  secret?: boolean;
}

const KEY = Symbol('fields');

/** The fields of a message class, in the order of their declaration, inherited ones first. */
export function fieldsOf(target: Type): FieldSpec[] {
  return (Reflect.getMetadata(KEY, target.prototype as object) as FieldSpec[] | undefined) ?? [];
}

function field(
  spec: Omit<FieldSpec, 'name' | 'optional' | 'nullable' | 'secret'>,
  o: FieldOptions,
  rules: PropertyDecorator[],
): PropertyDecorator {
  return (prototype, name) => {
    const inherited = (Reflect.getMetadata(KEY, prototype) as FieldSpec[] | undefined) ?? [];
    const own: FieldSpec = {
      ...spec,
      name: String(name),
      optional: o.optional ?? false,
      nullable: o.nullable ?? false,
      secret: o.secret ?? false,
      description: o.description,
      example: o.example,
    };
    Reflect.defineMetadata(KEY, [...inherited.filter((f) => f.name !== own.name), own], prototype);
    v.ValidateIf((_, value) => !((o.optional && value === undefined) || (o.nullable && value === null)))(
      prototype,
      name,
    );
    if (!o.optional) v.IsDefined()(prototype, name);
    for (const rule of rules) rule(prototype, name);
  };
}

export interface TextOptions extends FieldOptions {
  min?: number;
  max?: number;
  pattern?: RegExp;
  format?: string;
}

/** Nobody mends a request by a regular expression: the refusal says in words what is asked for. */
const matches = (shape: RegExp): PropertyDecorator =>
  v.Matches(shape, { message: `$property must be ${wordsOf(shape) ?? 'in the form that the API reference shows'}` });

/** A string of `min` (default 1) to `max` (default 255) UTF-16 units. */
export function Text(o: TextOptions = {}): PropertyDecorator {
  const min = o.min ?? 1;
  const max = o.max ?? 255;
  const rules = [v.IsString(), v.Length(min, max), ...(o.pattern ? [matches(o.pattern)] : [])];
  return field({ type: 'string', min, max, pattern: o.pattern, format: o.format }, o, rules);
}

/** A string that no log, trace or error may show. */
export const SecretText = (o: TextOptions = {}): PropertyDecorator => Text({ max: 4096, ...o, secret: true });

const ID = pattern(/^[A-Za-z0-9_.:=-]+$/, 'letters, digits, _ . : = and - only');

/** An opaque id. */
export const Id = (o: FieldOptions = {}): PropertyDecorator => Text({ max: 128, pattern: ID, ...o });

/** A UUID of any version. */
export const Uuid = (o: FieldOptions = {}): PropertyDecorator =>
  field({ type: 'string', format: 'uuid' }, o, [v.IsUUID('all')]);

const NO_CONTROLS = pattern(/^\P{Cc}*$/u, 'text without control characters');

/** An e-mail address, kept as it was typed; at most 254 octets (RFC 5321). */
export const EmailAddress = (o: FieldOptions = {}): PropertyDecorator =>
  field({ type: 'string', format: 'email', max: 254 }, o, [
    v.IsEmail({ allow_utf8_local_part: true }),
    // A quoted local part may hold line breaks, and an address goes into mail headers.
    matches(NO_CONTROLS),
    v.MaxLength(254),
  ]);

/** ISO 8601 also has week dates, ordinal dates and times without an offset. */
const RFC3339 = pattern(
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/,
  'a time like 2026-01-31T12:00:00Z',
);

/** RFC 3339 §5.6 allows small letters; everything behind the door reads the one form. */
const withCapitals = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' ? value.replace(/^([\d-]{10})t/, '$1T').replace(/z$/, 'Z') : value;

/** RFC 3339 timestamp with an offset or `Z`. */
export const Timestamp = (o: FieldOptions = {}): PropertyDecorator =>
  field({ type: 'string', format: 'date-time' }, o, [
    Transform(withCapitals, { toClassOnly: true }),
    v.IsISO8601({ strict: true, strictSeparator: true }, { message: `$property must be ${wordsOf(RFC3339)!}` }),
    matches(RFC3339),
  ]);

export const OneOf = (values: readonly string[], o: FieldOptions = {}): PropertyDecorator =>
  field({ type: 'string', enum: values }, o, [v.IsIn([...values])]);

export const Flag = (o: FieldOptions = {}): PropertyDecorator => field({ type: 'boolean' }, o, [v.IsBoolean()]);

export const Int = (o: FieldOptions & { min?: number; max?: number } = {}): PropertyDecorator =>
  field({ type: 'integer', min: o.min, max: o.max }, o, [
    v.IsInt(),
    ...(o.min === undefined ? [] : [v.Min(o.min)]),
    ...(o.max === undefined ? [] : [v.Max(o.max)]),
  ]);

export const Num = (o: FieldOptions & { min?: number; max?: number } = {}): PropertyDecorator =>
  field({ type: 'number', min: o.min, max: o.max }, o, [
    v.IsNumber({ allowNaN: false, allowInfinity: false }),
    ...(o.min === undefined ? [] : [v.Min(o.min)]),
    ...(o.max === undefined ? [] : [v.Max(o.max)]),
  ]);

/** A list of strings, at most `max` (default 100) of them, each of at most 1,024 units. */
export const TextList = (o: FieldOptions & { max?: number } = {}): PropertyDecorator =>
  field({ type: 'array', items: 'string', max: o.max ?? 100 }, o, [
    v.IsArray(),
    v.ArrayMaxSize(o.max ?? 100),
    v.IsString({ each: true }),
    v.MaxLength(1024, { each: true }),
  ]);

/** A nested message, checked by its own rules. */
export const Nested = (of: () => Type, o: FieldOptions = {}): PropertyDecorator =>
  field({ type: 'object', of }, o, [v.IsObject(), v.ValidateNested(), TransformTo(of)]);

/** A list of nested messages. */
export const NestedList = (of: () => Type, o: FieldOptions & { max?: number } = {}): PropertyDecorator =>
  field({ type: 'array', of, max: o.max ?? 1000 }, o, [
    v.IsArray(),
    v.ArrayMaxSize(o.max ?? 1000),
    v.ValidateNested({ each: true }),
    TransformTo(of),
  ]);

/** A JSON object whose members are the sender's own business. */
export const Json = (o: FieldOptions = {}): PropertyDecorator => field({ type: 'object' }, o, [v.IsObject()]);

/** Any JSON value, which is the sender's own business. */
export const AnyJson = (o: FieldOptions = {}): PropertyDecorator => field({ type: 'any' }, o, [v.Allow()]);
