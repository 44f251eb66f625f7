import { fieldsOf, type FieldSpec, type Type } from '#contracts';
import { code, table } from './markdown.js';

/** The members of a message as a table, nested messages below their own. */
export function fieldsTable(message: Type): string {
  const rows = rowsOf(message, '', []);
  return rows.length ? table(['member', 'type', 'meaning'], rows) : 'Nothing.';
}

function rowsOf(message: Type, prefix: string, above: readonly Type[]): string[][] {
  return fieldsOf(message).flatMap((field) => {
    const name = `${prefix}${field.name}`;
    const nested = field.of?.();
    const own = [code(name), typeOf(field), meaning(field)];
    if (!nested || above.includes(nested)) return [own];
    return [own, ...rowsOf(nested, `${name}${field.type === 'array' ? '[]' : ''}.`, [...above, nested])];
  });
}

function typeOf(field: FieldSpec): string {
  const base = field.enum ? field.enum.map(code).join(', ') : (field.format ?? field.type);
  const items = field.type === 'array' ? ` of ${field.items ?? 'object'}s` : '';
  return `${base}${items}${range(field)}${field.nullable ? ' or null' : ''}${field.optional ? ', optional' : ''}`;
}

function range({ type, min, max }: FieldSpec): string {
  const unit = { string: ' characters', array: ' items' }[type as string] ?? '';
  if (min !== undefined && max !== undefined) return ` (${min} to ${max}${unit})`;
  if (min !== undefined) return ` (at least ${min}${unit})`;
  return max === undefined ? '' : ` (at most ${max}${unit})`;
}

const meaning = ({ secret, description }: FieldSpec): string =>
  [description, secret ? 'Secret: never logged.' : ''].filter(Boolean).join(' ');
