import { Refusal } from '#contracts';

/** The refusal with which `promise` is rejected; the test fails when it is not. */
export const refusalOf = async (promise: Promise<unknown>): Promise<Refusal> => {
  const error = await promise.then(
    () => new Error('it was answered'),
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(Refusal);
  return error as Refusal;
};
