import type { IdentityKind } from '#contracts';

/** Who somebody is elsewhere, proven just now. */
export interface ProvenIdentity {
  kind: IdentityKind;
  subject: string;
  label: string | null;
  verified_email: string | null;
}
