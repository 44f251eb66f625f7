import type { ProviderName, ProviderRefusal } from '#contracts';
import type { Callback } from './callback.rules.js';

/** One sign-in in flight, as the provider’s file sees it. */
export interface Attempt {
  /** Comes back with the browser, whole. */
  state: string;
  /** Comes back inside of an ID token (R-OC2). */
  nonce: string;
  /** Of PKCE (RFC 7636): shown when the code is exchanged. */
  verifier: string;
  /** Our callback for this provider and no other (R-OC3). */
  redirect_uri: string;
}

/** Who somebody is at a provider. */
export interface Profile {
  /** Never changes and is never given to another: no e-mail address, no login name (R-OC5). */
  subject: string;
  /** By what its owner knows the identity. */
  label: string | null;
  /** An address of which the provider says that it has verified it; anything less is no address (R-LK6). */
  verified_email: string | null;
}

/** A way to sign in by being sent elsewhere: one file for each. */
export interface Provider {
  readonly name: ProviderName;
  /** Whether this installation is registered with it. */
  readonly configured: boolean;
  authorizeUrl(attempt: Attempt): string;
  /** Checks what came back and asks the provider for the rest. @throws ProviderProblem */
  identify(callback: Callback, attempt: Attempt): Promise<Profile>;
}

/** Why a provider’s answer leads nowhere. The text is for the log. */
export class ProviderProblem extends Error {
  override readonly name = 'ProviderProblem';

  constructor(
    readonly reason: ProviderRefusal,
    message: string,
  ) {
    super(message);
  }
}

/** @throws ProviderProblem `provider_failed` unless `holds` */
export function demand(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new ProviderProblem('provider_failed', otherwise);
}
