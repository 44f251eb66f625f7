/**
 * What went wrong, by consequence. Only the gateway knows which HTTP status a kind becomes.
 */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'payment_required'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'conflict'
  | 'gone'
  | 'too_large'
  | 'unsupported_media_type'
  | 'upgrade_required'
  | 'unprocessable'
  | 'rate_limited'
  | 'unavailable'
  | 'internal';

/** One failing field of a request, as RFC 9457 `errors` shows it. */
export interface FieldError {
  /** Path of the member, e.g. `email` or `installation.name`. */
  field: string;
  code: string;
  detail: string;
}

/** What a refusal may add to its declaration; nothing of it may be secret or internal. */
export interface ErrorExtras {
  /** A sentence for the reader: what is wrong with this request, and the way out. */
  detail?: string;
  errors?: FieldError[];
  /** Seconds after which the caller may come back. */
  retry_after?: number;
  /** Further members of the problem document, e.g. `checkout_url`. */
  members?: Record<string, string | number | boolean>;
}

/** A declared error: stable code, kind and title. Call {@link ErrorSpec.with} to throw it. */
export interface ErrorSpec {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly title: string;
  /** The refusal itself, ready to throw. */
  with(extras?: ErrorExtras | string): Refusal;
}

/** The shape in which a refusal crosses the bus. */
export interface WireError extends ErrorExtras {
  code: string;
  kind: ErrorKind;
  title: string;
}

/** A refusal that the caller is meant to see. Every other thrown thing crosses as `internal`, without text. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly code: string,
    readonly kind: ErrorKind,
    readonly title: string,
    readonly extras: ErrorExtras = {},
  ) {
    super(extras.detail ?? title);
  }

  /** Whether this is the declared error `spec`, wherever it was thrown. */
  is(spec: ErrorSpec): boolean {
    return this.code === spec.code;
  }

  toWire(): WireError {
    return { code: this.code, kind: this.kind, title: this.title, ...this.extras };
  }

  static fromWire({ code, kind, title, ...extras }: WireError): Refusal {
    return new Refusal(code, kind, title, extras);
  }
}

const declared = new Map<string, ErrorSpec>();

/**
 * Declares an error once. Codes are stable and public: they stand in the API reference.
 * @throws Error when the code is declared twice.
 */
export function error(code: string, kind: ErrorKind, title: string): ErrorSpec {
  if (declared.has(code)) throw new Error(`error ${code} is declared twice`);
  const spec: ErrorSpec = {
    code,
    kind,
    title,
    with: (extras) => new Refusal(code, kind, title, typeof extras === 'string' ? { detail: extras } : extras),
  };
  declared.set(code, spec);
  return spec;
}

/** Every declared error, by code. */
export const allErrors = (): ErrorSpec[] => [...declared.values()].sort((a, b) => a.code.localeCompare(b.code));
