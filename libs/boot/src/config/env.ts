import 'reflect-metadata';

/** How one environment variable becomes one property. */
export interface EnvSpec {
  property: string;
  /** Name of the variable. */
  name: string;
  /** For the reference: `text`, `whole number 1–65535`, `true or false`, … */
  type: string;
  /** Value when the variable is absent or empty; `undefined` together with `optional`. */
  default?: unknown;
  optional: boolean;
  /** The value is never printed. */
  secret: boolean;
  description?: string;
  /** What a good value looks like, a sentence for the one who mends it. */
  fix: string;
  /** @throws Error whose message ends the sentence "`NAME` is …". */
  read(raw: string): unknown;
}

export interface EnvOptions<T> {
  default?: T;
  /** May be absent without a default; the property is then `undefined`. */
  optional?: boolean;
  description?: string;
}

const KEY = Symbol('env');

/** The variables of a config class, inherited ones first. */
export function envOf(target: abstract new () => object): EnvSpec[] {
  return (Reflect.getMetadata(KEY, target.prototype as object) as EnvSpec[] | undefined) ?? [];
}

type Shape = Pick<EnvSpec, 'type' | 'fix' | 'read'> & { secret?: boolean };

/** Declares a variable; the building stone of the decorators beside this file. */
export function declareEnv<T>(name: string, options: EnvOptions<T>, shape: Shape): PropertyDecorator {
  return (prototype, property) => {
    const inherited = (Reflect.getMetadata(KEY, prototype) as EnvSpec[] | undefined) ?? [];
    const own: EnvSpec = {
      ...shape,
      property: String(property),
      name,
      default: options.default,
      optional: options.optional ?? false,
      secret: shape.secret ?? false,
      description: options.description,
    };
    Reflect.defineMetadata(KEY, [...inherited.filter((e) => e.property !== own.property), own], prototype);
  };
}
