import { Flag, TextList } from '../fields.js';

/** What a client application may ask of the authorization server: the part of its policy that is about OAuth. */
export class AuthorizationPolicy {
  @Flag({ description: 'It has a secret, and shows it wherever tokens are asked for (RFC 6749 §2.1).' })
  confidential!: boolean;
  @Flag({ description: 'One of the studio’s own: nobody is asked for consent.' }) first_party!: boolean;
  @TextList({ description: 'Scopes that it may ask for.' }) scopes!: string[];
  @TextList({ description: 'Where to return to after signing out, exactly.' }) post_logout_redirects!: string[];
}

/** Scope that stands for everything its person may do; only for first-party clients. */
export const ACCOUNT_SCOPE = 'account';
/** Scope without which there is no refresh token (OpenID Connect Core §11). */
export const OFFLINE_SCOPE = 'offline_access';
export const OPENID_SCOPE = 'openid';

/** Scopes that Gatehouse itself gives a meaning to; a policy may list others, which mean something to its audience. */
export const STANDARD_SCOPES = [OPENID_SCOPE, 'profile', 'email', 'roles', OFFLINE_SCOPE, ACCOUNT_SCOPE] as const;

/** The client of Gatehouse's own pages: whose cookie says who is signed in at this browser. */
export const PAGES_CLIENT_ID = 'web';

/** Authentication contexts (`acr`): by one factor, by several. */
export const ACR = { single: 'urn:gatehouse:acr:single', multiple: 'urn:gatehouse:acr:multiple' } as const;

/** The context that the proofs of a sign-in amount to (RFC 8176: `mfa` stands for several factors). */
export const acrOf = (amr: readonly string[]): string => (amr.includes('mfa') ? ACR.multiple : ACR.single);
