import type { ProfileUpdatedData } from '#contracts';

/** What others may know of somebody's presence. */
export interface PresenceChange {
  user_id: string;
  status: string;
}

/**
 * What a changed profile means to others. Who turns invisible looks like somebody who left, and from then on nothing
 * tells that they are there (RT27).
 */
export function presenceChange({ user_id, status, changed }: ProfileUpdatedData): PresenceChange | undefined {
  if (status !== 'invisible') return { user_id, status };
  return changed.includes('status') ? { user_id, status: 'offline' } : undefined;
}
