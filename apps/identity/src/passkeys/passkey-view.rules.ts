import type { Passkey } from '#contracts';
import type { StoredPasskey } from './passkeys.repository.js';

/** A passkey as its person sees it. */
export const passkeyView = (row: StoredPasskey): Passkey => ({
  id: row.id,
  name: row.name,
  created_at: row.created_at.toISOString(),
  last_used_at: row.last_used_at?.toISOString() ?? null,
  backed_up: row.backed_up,
  suspicious: row.suspicious_at !== null,
});
