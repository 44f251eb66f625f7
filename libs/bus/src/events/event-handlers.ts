import { Injectable } from '@nestjs/common';
import { StartProblem } from '#boot';
import type { AppName, DomainEvent } from '#contracts';
import { MarkedMethods, type MarkedMethod } from '../connection/marked-methods.js';
import { listenedBy, type EventMeta } from './listens.js';
import { watchedBy } from './watches.js';

/** An event with the methods of this app that take it. */
export interface EventRoute {
  event: DomainEvent;
  handlers: { name: string; call: (data: object, meta: EventMeta) => unknown }[];
}

/** The events that this app listens to and watches. */
@Injectable()
export class EventHandlers {
  constructor(private readonly methods: MarkedMethods) {}

  /** @throws StartProblem when the contract does not name the app as a listener */
  listened(app: AppName): EventRoute[] {
    return byEvent(this.methods.find(listenedBy), app, 'listeners');
  }

  /** @throws StartProblem when the contract does not name the app as a watcher */
  watched(app: AppName): EventRoute[] {
    return byEvent(this.methods.find(watchedBy), app, 'watchers');
  }
}

function byEvent(marked: MarkedMethod<DomainEvent>[], app: AppName, role: 'listeners' | 'watchers'): EventRoute[] {
  const routes = new Map<DomainEvent, EventRoute>();
  for (const { mark: event, name, call } of marked) {
    if (!event[role].includes(app)) {
      throw new StartProblem({
        what: 'The event handlers do not fit',
        why: `${name} takes ${event.name}, but ${app} is not among its ${role}`,
        fix: `Add it to the ${role} of the event in libs/contracts and migrate, or take the handler away.`,
      });
    }
    const route = routes.get(event) ?? { event, handlers: [] };
    route.handlers.push({ name, call: call as EventRoute['handlers'][number]['call'] });
    routes.set(event, route);
  }
  return [...routes.values()];
}
