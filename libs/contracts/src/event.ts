import type { AppName, ProducerName } from './topology.js';
import type { Type } from './type.js';

/** Something that happened: `evt.<service>.<noun>.<past>` on the bus, kept in the JetStream stream `EVENTS`. */
export interface DomainEvent<D extends object = object> {
  /** `<service>.<noun>.<past>`, e.g. `licensing.license.issued`. */
  readonly name: string;
  /** The name by which clients and the audit trail know it, e.g. `auth.login_success`; else the same as `name`. */
  readonly publicName: string;
  readonly data: Type<D>;
  /** Bus users that may publish it. */
  readonly producers: readonly (AppName | ProducerName)[];
  /** Apps that handle it once each, durably, whichever replica takes it. */
  readonly listeners: readonly AppName[];
  /** Apps of which every replica hears it at once, best effort: caches and revocation lists. */
  readonly watchers: readonly AppName[];
  /** The member of the data that is the event's id, for producers that set no `Nats-Msg-Id`. */
  readonly idField?: keyof D & string;
  readonly summary: string;
}

export type DataOf<E> = E extends DomainEvent<infer D> ? D : never;

interface EventSpec<D extends object> {
  data: Type<D>;
  publicName?: string;
  /** Default: the service that the name begins with. */
  producers?: (AppName | ProducerName)[];
  listeners?: AppName[];
  watchers?: AppName[];
  idField?: keyof D & string;
  summary: string;
}

const declared = new Map<string, DomainEvent>();

/**
 * Declares an event once. Its data holds ids and facts, never a secret and never a person's name or address:
 * what is published stays in streams and cannot be erased person by person.
 * @throws Error when the name is malformed or taken.
 */
export function event<D extends object>(name: string, spec: EventSpec<D>): DomainEvent<D> {
  if (!/^[a-z]+\.[a-z_]+\.[a-z_]+$/.test(name)) throw new Error(`event name ${name} is not <service>.<noun>.<past>`);
  if (declared.has(name)) throw new Error(`event ${name} is declared twice`);
  const made: DomainEvent<D> = {
    name,
    publicName: spec.publicName ?? name,
    data: spec.data,
    producers: spec.producers ?? [name.split('.')[0] as AppName],
    listeners: spec.listeners ?? [],
    watchers: spec.watchers ?? [],
    idField: spec.idField,
    summary: spec.summary,
  };
  declared.set(name, made as unknown as DomainEvent);
  return made;
}

/** Every declared event, by name. */
export const allEvents = (): DomainEvent[] => [...declared.values()].sort((a, b) => a.name.localeCompare(b.name));

export const eventSubject = (e: { name: string }): string => `evt.${e.name}`;
