import type { ProfileUpdatedData } from '#contracts';

/** What others may know of somebody's presence. */
export interface PresenceChange {
  user_id: string;
  status: string;
}

/**
 * What a changed profile means to others: nothing unless they could see the person before and still can. Who turns
 * invisible or visible leaves or joins the list of who is there as everybody does, without a word, and from then on
 * nothing tells that they are there (RT27).
 */
export function presenceChange({ user_id, status, before }: ProfileUpdatedData): PresenceChange | undefined {
  return status === 'invisible' || before === 'invisible' ? undefined : { user_id, status };
}
