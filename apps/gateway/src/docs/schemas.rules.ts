import { exactlyOneOf, fieldsOf, type FieldSpec, type Type } from '#contracts';

export type Json = Record<string, unknown>;

const scalar = (f: FieldSpec): Json => ({
  type: f.type,
  ...(f.format ? { format: f.format } : {}),
  ...(f.enum ? { enum: f.enum } : {}),
  ...(f.pattern ? { pattern: f.pattern.source } : {}),
  ...(f.type === 'string' && f.min !== undefined ? { minLength: f.min } : {}),
  ...(f.type === 'string' && f.max !== undefined ? { maxLength: f.max } : {}),
  ...(f.type !== 'string' && f.min !== undefined ? { minimum: f.min } : {}),
  ...(f.type !== 'string' && f.max !== undefined ? { maximum: f.max } : {}),
});

/** Collects the JSON schemas of message classes under their class names. */
export class Schemas {
  readonly all: Record<string, Json> = {};

  /** A reference to the schema of `target`, which is written down when it is asked for the first time. */
  ref(target: Type): Json {
    if (!this.all[target.name]) {
      this.all[target.name] = {};
      this.all[target.name] = this.objectOf(target);
    }
    return { $ref: `#/components/schemas/${target.name}` };
  }

  /** The schema of a body: a request but what of it stands in the path. */
  body(target: Type, inPath: readonly string[]): Json {
    if (!fieldsOf(target).some((f) => inPath.includes(f.name))) return this.ref(target);
    const name = `${target.name.replace(/(Request|Body)$/, '')}Body`;
    const schema = this.objectOf(target, inPath);
    if (name in this.all && JSON.stringify(this.all[name]) !== JSON.stringify(schema)) {
      throw new Error(`two schemas are called ${name}`);
    }
    this.all[name] = schema;
    return { $ref: `#/components/schemas/${name}` };
  }

  /** The schema of one field. */
  field(f: FieldSpec): Json {
    const bare = this.bare(f);
    const typed = f.nullable && f.type !== 'any' ? nullable(bare) : bare;
    return {
      ...typed,
      ...(f.description ? { description: f.description } : {}),
      ...(f.example === undefined ? {} : { examples: [f.example] }),
      ...(f.secret ? { format: 'password' } : {}),
    };
  }

  private bare(f: FieldSpec): Json {
    if (f.type === 'array') {
      const max = f.max === undefined ? {} : { maxItems: f.max };
      return { type: 'array', items: f.of ? this.ref(f.of()) : { type: f.items ?? 'string' }, ...max };
    }
    if (f.type === 'any') return {};
    if (f.type === 'object') return f.of ? this.ref(f.of()) : { type: 'object', additionalProperties: true };
    return scalar(f);
  }

  private objectOf(target: Type, without: readonly string[] = []): Json {
    const fields = fieldsOf(target).filter((f) => !without.includes(f.name));
    const required = fields.filter((f) => !f.optional).map((f) => f.name);
    const one = exactlyOneOf(target);
    return {
      type: 'object',
      properties: Object.fromEntries(fields.map((f) => [f.name, this.field(f)])),
      ...(required.length ? { required } : {}),
      ...(one.length ? { oneOf: one.map((name) => ({ required: [name] })) } : {}),
    };
  }
}

/** OpenAPI 3.1 is JSON Schema: null is a type. */
function nullable(schema: Json): Json {
  if (typeof schema.type === 'string') {
    const values = schema.enum ? { enum: [...(schema.enum as unknown[]), null] } : {};
    return { ...schema, type: [schema.type, 'null'], ...values };
  }
  return { anyOf: [schema, { type: 'null' }] };
}
