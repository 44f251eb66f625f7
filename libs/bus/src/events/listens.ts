import 'reflect-metadata';
import type { DomainEvent } from '#contracts';

/** Everything about one event besides its data. */
export interface EventMeta {
  /** Id of the event; the same at every delivery. */
  id: string;
  /** Name of the event, e.g. `licensing.license.issued`. */
  event: string;
  /** When the stream stored it. */
  at: Date;
  /** 1 at the first delivery. */
  tries: number;
}

/** A method that handles an event. */
export type EventListener<D> = (data: D, meta: EventMeta) => Promise<void>;

const KEY = Symbol('gatehouse:listens');

/**
 * Marks a method that handles `event` once in effect, whichever replica gets it: it runs in one transaction with
 * its inbox row, is tried five times (far more often while something is away), and leaves a dead letter when it fails
 * for good; one that is refused for what it says, whatever the state of things is, does so at once. The app must be among
 * `event.listeners`. May stand on a method of any provider or controller.
 */
export function Listens<D extends object>(event: DomainEvent<D>) {
  return <M extends EventListener<D>>(
    _target: object,
    _name: string | symbol,
    descriptor: TypedPropertyDescriptor<M>,
  ): void => {
    Reflect.defineMetadata(KEY, event, descriptor.value!);
  };
}

/** The event that `method` listens to, if any. */
export const listenedBy = (method: object): DomainEvent | undefined =>
  Reflect.getMetadata(KEY, method) as DomainEvent | undefined;
