import type { AppName } from './topology.js';

/** The person who acts, as the gateway read it from a verified access token. */
export interface UserActor {
  kind: 'user';
  user_id: string;
  session_id: string;
  client_id: string;
  roles: string[];
  amr: string[];
  /** Unix seconds of the last time that a credential was shown. */
  auth_time: number;
  /** What the token is limited to; absent: to nothing. */
  scopes?: string[];
  /** The member of staff who acts in the person's name (`act`, RFC 8693 §4.1). */
  impersonator_id?: string;
}

/** An internal caller (billing, creator-cli, …) with the scopes on its list. */
export interface CallerActor {
  kind: 'caller';
  caller: string;
  scopes: string[];
}

export type Actor = UserActor | CallerActor;

/** Where a request came from, for sessions, limits and the audit trail; never for a decision about identity. */
export interface RequestOrigin {
  ip?: string;
  user_agent?: string;
  /** The token of a device that has signed in before; good for nothing but being known. */
  device?: string;
}

/** Everything about one call besides its input. Handlers get it as their second argument. */
export interface Call {
  /** The app that sent the command, as the broker enforced it by subject. */
  caller: AppName;
  actor?: Actor;
  origin: RequestOrigin;
  request_id: string;
  /** Unix milliseconds after which nobody waits for the answer. */
  deadline: number;
}
