import 'reflect-metadata';
import type { FieldError } from './errors.js';
import type { Type } from './type.js';

const KEY = Symbol('exactly-one');

/** Of these optional fields a message has exactly one. */
export const ExactlyOne =
  (...fields: [string, string, ...string[]]): ClassDecorator =>
  (target) =>
    Reflect.defineMetadata(KEY, fields, target.prototype as object);

/** The fields of which a message has exactly one; none where there is no such rule. */
export const exactlyOneOf = (target: Type): readonly string[] =>
  (Reflect.getMetadata(KEY, target.prototype as object) as string[] | undefined) ?? [];

/** What is wrong when none or several of them were sent. */
export function exactlyOneProblems(target: Type, message: object): FieldError[] {
  const fields = exactlyOneOf(target);
  const sent = fields.filter((field) => (message as Record<string, unknown>)[field] !== undefined);
  if (!fields.length || sent.length === 1) return [];
  const detail = `Give either ${fields.join(' or ')}, and not both.`;
  return fields.map((field) => ({ field, code: 'exactly_one', detail }));
}
