import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import type { FieldError } from './errors.js';
import { exactlyOneProblems } from './exactly-one.js';
import { fieldsOf } from './fields.js';
import { ValidationFailed } from './general.errors.js';
import { rememberRules } from './remembered-rules.js';
import type { Type } from './type.js';

rememberRules();

/** Public codes of class-validator's rules; what is not listed is `invalid`. */
const CODES: Record<string, string> = {
  isDefined: 'required',
  whitelistValidation: 'unknown_field',
  isEmail: 'invalid_email',
  isUuid: 'invalid_id',
  isIso8601: 'invalid_timestamp',
  isIn: 'not_allowed',
  isLength: 'invalid_length',
  maxLength: 'too_long',
  arrayMaxSize: 'too_many',
  matches: 'invalid_format',
  min: 'too_small',
  max: 'too_large',
  isString: 'invalid_type',
  isBoolean: 'invalid_type',
  isInt: 'invalid_type',
  isNumber: 'invalid_type',
  isArray: 'invalid_type',
  isObject: 'invalid_type',
};

/** Of several broken rules of one field the reader is told the most basic one. */
const RANK = [
  'whitelistValidation',
  'isDefined',
  'isString',
  'isBoolean',
  'isInt',
  'isNumber',
  'isArray',
  'isObject',
  'isEmail',
  'isIso8601',
];

function flatten(errors: ValidationError[], prefix = ''): FieldError[] {
  return errors.flatMap((e) => {
    const field = prefix + e.property;
    const names = Object.keys(e.constraints ?? {});
    const rule = RANK.find((r) => names.includes(r)) ?? names[0];
    const own = rule
      ? [{ field, code: CODES[rule] ?? 'invalid', detail: detailOf(rule, e.constraints![rule]!, field) }]
      : [];
    return [...own, ...flatten(e.children ?? [], `${field}.`)];
  });
}

function detailOf(rule: string, text: string, field: string): string {
  if (rule === 'whitelistValidation') return `${field} is not a known field; leave it out.`;
  if (rule === 'isDefined') return `${field} is required.`;
  return `${text}.`;
}

/**
 * Checks `input` against the rules of `target` and returns it as an instance. Unknown members are refused.
 * @param also what is wrong with it beside that
 * @throws Refusal `validation_failed` that names every failing field at once.
 */
export function parse<T extends object>(target: Type<T>, input: unknown, also: readonly FieldError[] = []): T {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw ValidationFailed.with({ detail: 'The request must be a JSON object.', errors: [] });
  }
  // Nothing to check and nothing there: the hot reads, which class-validator would scan all of its metadata for.
  if (fieldsOf(target).length === 0 && Object.keys(input).length === 0) return new target();
  const instance = instanceOf(target, input);
  const failures = validateSync(instance, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: false });
  const errors = [...also, ...flatten(failures), ...exactlyOneProblems(target, instance)];
  if (errors.length) {
    throw ValidationFailed.with({ detail: `Mend these fields: ${errors.map((e) => e.field).join(', ')}.`, errors });
  }
  return instance;
}

/** class-transformer asks free JSON for its `constructor`, and calls whatever a sender has put there. */
function instanceOf<T extends object>(target: Type<T>, input: object): T {
  try {
    return plainToInstance(target, input, { exposeUnsetFields: false });
  } catch (error) {
    const isDeep = error instanceof RangeError;
    const detail = isDeep ? 'The request is nested too deeply.' : 'No member may be called constructor.';
    throw ValidationFailed.with({ detail, errors: [] });
  }
}
