import { Refusal, type Command, type ErrorSpec } from '#contracts';

/** One thing that is asked of licensing while the order is leased. */
export type Step = <Req extends object, Res extends object>(command: Command<Req, Res>, input: Req) => Promise<Res>;

/** The answer, or null when it is one of the refusals that are expected. */
export async function unlessRefused<T>(answer: Promise<T>, ...expected: ErrorSpec[]): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Refusal && expected.some((spec) => error.is(spec))) return null;
    throw error;
  }
}
