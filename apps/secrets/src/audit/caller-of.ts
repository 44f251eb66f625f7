import type { Call } from '#contracts';

/** Who used a key, as the audit log names them: the app, and the internal caller for whom it asked. */
export function callerOf({ caller, actor, request_id }: Call): { caller: string; requestId: string } {
  return { caller: actor?.kind === 'caller' ? `${caller}/${actor.caller}` : caller, requestId: request_id };
}
