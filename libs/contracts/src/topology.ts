/** The processes of Gatehouse. Each is one bus user, one NATS durable and one Kubernetes Deployment. */
export const APPS = ['gateway', 'identity', 'licensing', 'fulfillment', 'realtime', 'secrets'] as const;
export type AppName = (typeof APPS)[number];

/** Apps with a Postgres database of their own, and so with an outbox, an inbox and dead letters. */
export const DATA_APPS = ['identity', 'licensing', 'fulfillment', 'secrets'] as const;
export type DataAppName = (typeof DATA_APPS)[number];

/** Bus users outside of Gatehouse: they publish the events that name them and can do nothing else. */
export const PRODUCERS = ['billing', 'chat-bridge', 'broadcaster', 'social'] as const;
export type ProducerName = (typeof PRODUCERS)[number];

/** `operator` is the migration step: it creates streams and consumers, and it alone. */
export type BusUser = AppName | ProducerName | 'operator';
export const BUS_USERS: readonly BusUser[] = [...APPS, ...PRODUCERS, 'operator'];
