import type { ErrorSpec } from './errors.js';
import type { AppName } from './topology.js';
import type { Type } from './type.js';

/**
 * Who may ask for a command, checked by the gateway. Whether the asker may touch the *record* is decided
 * in the owning service.
 * - `anyone`: no proof is needed
 * - `user`: a valid access token of a person
 * - `admin`: a person with the role `admin`
 * - `permission:<name>`: a person one of whose roles has the permission (`config/roles.yaml`)
 * - `internal:<scope>`: an internal caller whose list has the scope
 * - `apps`: other services only; no route leads here
 */
export type Permission = 'anyone' | 'user' | 'admin' | `permission:${string}` | `internal:${string}` | 'apps';

/** Whether staff that acts in a person's name may ask for a command (R-AD3). */
export type WhileImpersonating = 'allowed' | 'refused';

/** A question or an order to one service: `cmd.<caller>.<service>.<noun>.<verb>` on the bus. */
export interface Command<Req extends object = object, Res extends object = object> {
  /** `<service>.<noun>.<verb>`, e.g. `identity.session.refresh`. */
  readonly name: string;
  readonly service: AppName;
  readonly request: Type<Req>;
  readonly response: Type<Res>;
  readonly errors: readonly ErrorSpec[];
  readonly permission: Permission;
  /** Seconds since the person last showed a credential, at most; the gateway asks for step-up beyond (RFC 9470). */
  readonly freshAuth?: number;
  /** Checked by the gateway. What says nothing is refused, so that nothing new can be forgotten. */
  readonly impersonation: WhileImpersonating;
  /** Apps whose bus user may send it. */
  readonly callers: readonly AppName[];
  /** Milliseconds the caller waits when it says nothing else. */
  readonly timeoutMs: number;
  /** How many one replica works on at once; what is beyond waits, and is refused when its deadline passes. */
  readonly concurrency: number;
  readonly summary: string;
}

export type RequestOf<C> = C extends Command<infer Req, object> ? Req : never;
export type ResponseOf<C> = C extends Command<object, infer Res> ? Res : never;

interface CommandSpec<Req extends object, Res extends object> {
  request: Type<Req>;
  response: Type<Res>;
  errors?: ErrorSpec[];
  permission: Permission;
  freshAuth?: number;
  impersonation?: WhileImpersonating;
  /** Default: the gateway. */
  callers?: AppName[];
  timeoutMs?: number;
  concurrency?: number;
  summary: string;
}

const declared = new Map<string, Command>();

/**
 * Declares a command once; gateway, service, broker policy, tests and reference all derive from it.
 * @param name `<service>.<noun>.<verb>` in lower case with underscores.
 * @throws Error when the name is malformed or taken.
 */
export function command<Req extends object, Res extends object>(
  name: string,
  spec: CommandSpec<Req, Res>,
): Command<Req, Res> {
  if (!/^[a-z]+\.[a-z_]+\.[a-z_]+$/.test(name)) throw new Error(`command name ${name} is not <service>.<noun>.<verb>`);
  if (declared.has(name)) throw new Error(`command ${name} is declared twice`);
  const made: Command<Req, Res> = {
    name,
    service: name.split('.')[0] as AppName,
    request: spec.request,
    response: spec.response,
    errors: spec.errors ?? [],
    permission: spec.permission,
    freshAuth: spec.freshAuth,
    impersonation: spec.impersonation ?? 'refused',
    callers: spec.callers ?? ['gateway'],
    timeoutMs: spec.timeoutMs ?? 5_000,
    concurrency: spec.concurrency ?? 64,
    summary: spec.summary,
  };
  declared.set(name, made as unknown as Command);
  return made;
}

/** Every declared command, by name. */
export const allCommands = (): Command[] => [...declared.values()].sort((a, b) => a.name.localeCompare(b.name));

/** The subject on which `caller` sends the command. */
export const commandSubject = (caller: string, c: { name: string }): string => `cmd.${caller}.${c.name}`;
