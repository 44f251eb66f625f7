/** Something on this machine stands in the way, and its owner can do something about it. */
export class LocalProblem extends Error {
  override readonly name = 'LocalProblem';

  /**
   * @param what what failed and why, one sentence
   * @param fix what to do about it
   * @param more where to read more: a file, a log
   */
  constructor(
    what: string,
    readonly fix: string,
    readonly more?: string,
  ) {
    super(what);
  }
}
