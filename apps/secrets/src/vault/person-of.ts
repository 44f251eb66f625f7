import { InvalidToken, type Call, type UserActor } from '#contracts';

/** The person who asks. @throws Refusal `invalid_token` when it is nobody */
export function personOf({ actor }: Call): UserActor {
  if (actor?.kind !== 'user') throw InvalidToken.with();
  return actor;
}
