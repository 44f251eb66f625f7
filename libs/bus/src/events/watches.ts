import 'reflect-metadata';
import type { DomainEvent } from '#contracts';
import type { EventMeta } from './listens.js';

/** A method that hears an event; what it returns is ignored. */
export type EventWatcherMethod<D> = (data: D, meta: EventMeta) => void | Promise<void>;

const KEY = Symbol('gatehouse:watches');

/**
 * Marks a method that hears `event` at every replica, at once and best effort: caches and revocation lists.
 * What was said while the connection was away is not heard; read the truth again in `bus.onReconnect`.
 * The app must be among `event.watchers`.
 */
export function Watches<D extends object>(event: DomainEvent<D>) {
  return <M extends EventWatcherMethod<D>>(
    _target: object,
    _name: string | symbol,
    descriptor: TypedPropertyDescriptor<M>,
  ): void => {
    Reflect.defineMetadata(KEY, event, descriptor.value!);
  };
}

/** The event that `method` watches, if any. */
export const watchedBy = (method: object): DomainEvent | undefined =>
  Reflect.getMetadata(KEY, method) as DomainEvent | undefined;
