export * from './bus.module.js';
export { Bus, type SendAs } from './commands/bus.js';
export { BusServer } from './commands/bus-server.js';
export { Handles, type CommandHandler, type HandlesOptions } from './commands/handles.js';
export type { BusOptions } from './connection/bus-options.js';
export { inboxPrefix } from './connection/inbox.js';
export { Listens, type EventListener, type EventMeta } from './events/listens.js';
export { Watches, type EventWatcherMethod } from './events/watches.js';
