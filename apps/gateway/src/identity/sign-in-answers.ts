import { Refusal, type ErrorSpec, type MfaChallenge, type TokenSet } from '#contracts';

/** How a sign-in at a page ends, when it is not refused. */
export type SignInAnswer = TokenSet | MfaChallenge;

/** What a form is shown again for; everything else ends it. */
export async function unless(
  refused: readonly ErrorSpec[],
  answer: Promise<SignInAnswer>,
): Promise<SignInAnswer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Refusal && refused.some((spec) => error.is(spec))) return undefined;
    throw error;
  }
}
