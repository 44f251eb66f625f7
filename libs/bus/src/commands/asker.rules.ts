import type { Asker } from '#boot';
import type { Actor, RequestOrigin } from '#contracts';

/** Who is written down as the one who asked: of two that a token names, the one who really acts. */
export function askerOf(actor?: Actor, origin: RequestOrigin = {}): Asker {
  const { ip, user_agent } = origin;
  if (actor?.kind === 'user') return { account_id: actor.impersonator_id ?? actor.user_id, ip, user_agent };
  return { caller: actor?.caller, ip, user_agent };
}
