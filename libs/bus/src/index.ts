export * from './bus.module.js';
export { busPolicy, policyOf, type BusPolicy, type UserPolicy } from './broker/bus-policy.js';
export { lintBusPolicy, lintNatsConf } from './broker/nats-conf.rules.js';
export { renderNatsConf, type NatsConfOptions } from './broker/nats-conf.js';
export {
  BUCKET_OWNERS,
  BUCKETS,
  bucketStream,
  EVENTS_STREAM,
  REALTIME_STREAM,
  type BucketName,
} from './broker/streams.js';
export { SharedStore, type Versioned } from './buckets/shared-store.js';
export { covers } from './broker/subjects.rules.js';
export { ensureStreams, type TopologyOptions } from './broker/topology.js';
export { Bus, type SendAs } from './commands/bus.js';
export { BusServer } from './commands/bus-server.js';
export { insist } from './commands/insist.js';
export { Handles, type CommandHandler, type HandlesOptions } from './commands/handles.js';
export type { BusOptions } from './connection/bus-options.js';
export { connectAs, type BusUserAddress } from './connection/connect-as.js';
export { inboxPrefix } from './connection/inbox.js';
export { CatchUp } from './events/catch-up.js';
export { Listens, type EventListener, type EventMeta } from './events/listens.js';
export { Watches, type EventWatcherMethod } from './events/watches.js';
