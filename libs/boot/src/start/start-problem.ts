/** Why an app cannot start, for the person who starts it: no stack, no secret. */
export class StartProblem extends Error {
  override name = 'StartProblem';
  readonly what: string;
  readonly why: string;
  readonly fix: string;

  /**
   * @param told `what` failed, `why`, and what to do (`fix`); each without a full stop at its end but `fix`.
   */
  constructor(told: { what: string; why: string; fix: string; cause?: unknown }) {
    super(`${told.what}: ${told.why.trim()}`, { cause: told.cause });
    this.what = told.what;
    this.why = told.why;
    this.fix = told.fix;
  }
}
