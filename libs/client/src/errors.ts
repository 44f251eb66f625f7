/** Which member of a request was refused, and why. */
export interface FieldProblem {
  field: string;
  code: string;
  detail: string;
}

/** The server's answer was no: an RFC 9457 problem document. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  constructor(
    readonly status: number,
    /** Stable: `invalid_credentials`, `rate_limited`, … */
    readonly code: string,
    message: string,
    readonly extras: { errors?: FieldProblem[]; requestId?: string; retryAfterMs?: number } = {},
  ) {
    super(message);
  }

  /** Whether the same request may succeed later (R-BF7: a limit is no refusal of the person). */
  get temporary(): boolean {
    return this.status === 408 || this.status === 425 || this.status === 429 || this.status >= 500;
  }
}

/** There was no answer, or none that could be read. Whether the server has acted is not known. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/** Nobody is signed in, or no longer: only a new sign-in helps. */
export class SignedOutError extends Error {
  override readonly name = 'SignedOutError';

  constructor(
    /** The server's code, `signed_out` after a sign-out, `closed` after `close()`. */
    readonly code: string,
  ) {
    super(`nobody is signed in (${code})`);
  }
}

/** The problem that an answer tells; answers of proxies in between tell none, and get the code `http_<status>`. */
export async function problemIn(response: Response): Promise<ProblemError> {
  const told = await problemDocument(response);
  const { title, detail, code, errors, request_id: requestId } = told;
  const retryAfterMs = retryAfterOf(response.headers);
  return new ProblemError(
    response.status,
    code ?? `http_${response.status}`,
    detail ?? title ?? `the server answered ${response.status}`,
    { errors, requestId: requestId ?? response.headers.get('x-request-id') ?? undefined, retryAfterMs },
  );
}

interface Problem {
  title?: string;
  detail?: string;
  code?: string;
  errors?: FieldProblem[];
  request_id?: string;
}

async function problemDocument(response: Response): Promise<Problem> {
  try {
    const body: unknown = await response.json();
    return body !== null && typeof body === 'object' ? body : {};
  } catch {
    return {};
  }
}

/** `Retry-After` in seconds; its date form depends on two clocks and is not read. */
function retryAfterOf(headers: Headers): number | undefined {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : undefined;
}
