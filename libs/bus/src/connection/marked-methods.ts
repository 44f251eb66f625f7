import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';

/** A method of a live controller or provider with what its decorator noted on it. */
export interface MarkedMethod<Mark> {
  mark: Mark;
  /** `Class.method`, for messages. */
  name: string;
  call: (...args: never[]) => unknown;
}

/** Finds the methods that were marked for the bus, in all modules of the app. */
@Injectable()
export class MarkedMethods {
  private readonly scanner = new MetadataScanner();

  constructor(private readonly discovery: DiscoveryService) {}

  /** @param markOf reads the mark of a method, or nothing */
  find<Mark>(markOf: (method: object) => Mark | undefined): MarkedMethod<Mark>[] {
    const found = new Map<object, MarkedMethod<Mark>[]>();
    for (const { instance } of [...this.discovery.getControllers(), ...this.discovery.getProviders()]) {
      if (typeof instance !== 'object' || instance === null || found.has(instance as object)) continue;
      found.set(instance as object, this.marked(instance as Record<string, unknown>, markOf));
    }
    return [...found.values()].flat();
  }

  private marked<Mark>(
    instance: Record<string, unknown>,
    markOf: (method: object) => Mark | undefined,
  ): MarkedMethod<Mark>[] {
    const prototype = Object.getPrototypeOf(instance) as object | null;
    if (!prototype || prototype === Object.prototype) return [];
    return this.scanner.getAllMethodNames(prototype).flatMap((method) => {
      const fn = instance[method] as ((...args: never[]) => unknown) | undefined;
      const mark = typeof fn === 'function' ? markOf(fn) : undefined;
      if (!fn || mark === undefined) return [];
      return [{ mark, name: `${prototype.constructor.name}.${method}`, call: fn.bind(instance) }];
    });
  }
}
