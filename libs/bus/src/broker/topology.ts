import {
  AckPolicy,
  DiscardPolicy,
  jetstreamManager,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
  type ConsumerConfig,
  type JetStreamManager,
  type StreamConfig,
} from '@nats-io/jetstream';
import { nanos, type NatsConnection } from '@nats-io/transport-node';
import { allEvents, APPS, eventSubject, type AppName } from '#contracts';
import { connectAs, type BusUserAddress } from '../connection/connect-as.js';
import {
  bucketStream,
  BUCKETS,
  EVENTS_MAX_AGE_MS,
  EVENTS_STREAM,
  REALTIME_STREAM,
  type BucketName,
} from './streams.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MIB = 1024 * 1024;

type NewStream = Partial<StreamConfig> & { name: string };

export interface TopologyOptions {
  /** Copies of every stream in a cluster; 1 (default), 3 or 5. */
  replicas?: number;
}

/**
 * Events stay until every listener has taken them. When the stream is full, publishing fails and the outboxes of the
 * producers grow: nothing is lost and the outbox age tells of it.
 */
const eventsStream: NewStream = {
  name: EVENTS_STREAM,
  subjects: ['evt.>'],
  storage: StorageType.File,
  retention: RetentionPolicy.Interest,
  discard: DiscardPolicy.New,
  max_bytes: 1024 * MIB,
  max_age: nanos(EVENTS_MAX_AGE_MS),
  duplicate_window: nanos(2 * MINUTE),
};

/** A cache: what must survive is in Postgres. */
const realtimeStream: NewStream = {
  name: REALTIME_STREAM,
  subjects: ['rtm.>'],
  storage: StorageType.File,
  retention: RetentionPolicy.Limits,
  discard: DiscardPolicy.Old,
  max_bytes: 512 * MIB,
  // Whoever is told a lot pushes out nobody's frames but their own, and what a client missed is read in one go.
  max_msgs_per_subject: 1_024,
  max_age: nanos(10 * MINUTE),
  duplicate_window: nanos(2 * MINUTE),
  allow_direct: true,
  republish: { src: 'rtm.>', dest: 'rtl.>' },
};

/** The life of a bucket's entries: it frees room only where they carry their own end; a producer's id ends with it. */
const bucketLife: Record<BucketName, number> = {
  limits: DAY,
  signatures: HOUR,
  answers: DAY,
  cooldowns: DAY,
  producer_keys: DAY,
};

const bucketConfig = (bucket: BucketName): NewStream => ({
  name: bucketStream(bucket),
  subjects: [`$KV.${bucket}.>`],
  storage: StorageType.File,
  retention: RetentionPolicy.Limits,
  discard: DiscardPolicy.New,
  max_msgs_per_subject: 1,
  max_bytes: 256 * MIB,
  max_age: nanos(bucketLife[bucket]),
  duplicate_window: nanos(2 * MINUTE),
  allow_rollup_hdrs: true,
  allow_direct: true,
  deny_delete: true,
});

const consumerConfig = (app: AppName, subjects: string[], replicas: number): Partial<ConsumerConfig> => ({
  durable_name: app,
  ack_policy: AckPolicy.Explicit,
  ack_wait: nanos(30_000),
  // The consumer host counts the tries: a broker that gave up by itself would leave no dead letter.
  max_deliver: -1,
  // What one replica holds at most, and how many failing events it takes to hold up the others.
  max_ack_pending: 256,
  filter_subjects: subjects,
  num_replicas: replicas,
});

/**
 * Makes the streams, buckets and durable consumers, or changes them to what the contracts say now. Part of the
 * migration step, and of it alone; running it again changes nothing.
 * @param operator address and seed file of the bus user `operator`, or its open connection
 * @returns what was made or changed
 */
export async function ensureStreams(
  operator: BusUserAddress | NatsConnection,
  options: TopologyOptions = {},
): Promise<string[]> {
  if ('request' in operator) return ensureAll(operator, options.replicas ?? 1);
  const nc = await connectAs('operator', operator);
  try {
    return await ensureAll(nc, options.replicas ?? 1);
  } finally {
    await nc.close();
  }
}

async function ensureAll(nc: NatsConnection, replicas: number): Promise<string[]> {
  const jsm = await jetstreamManager(nc, { checkAPI: false, timeout: 10_000 });
  const done: string[] = [];
  for (const config of [eventsStream, realtimeStream, ...BUCKETS.map(bucketConfig)]) {
    done.push(...(await ensureStream(jsm, { ...config, num_replicas: replicas })));
  }
  for (const app of APPS) done.push(...(await ensureConsumer(jsm, app, replicas)));
  return done;
}

async function ensureStream(jsm: JetStreamManager, config: NewStream): Promise<string[]> {
  const found = await orNothing(jsm.streams.info(config.name));
  if (!found) {
    await jsm.streams.add(config);
    return [`stream ${config.name} made`];
  }
  if (agrees(found.config, config)) return [];
  await jsm.streams.update(config.name, config);
  return [`stream ${config.name} changed`];
}

async function ensureConsumer(jsm: JetStreamManager, app: AppName, replicas: number): Promise<string[]> {
  const subjects = allEvents()
    .filter((e) => e.listeners.includes(app))
    .map(eventSubject);
  const found = await orNothing(jsm.consumers.info(EVENTS_STREAM, app));
  if (!subjects.length) {
    if (!found) return [];
    // Left alone it would keep every event of its subjects in the stream.
    await jsm.consumers.delete(EVENTS_STREAM, app);
    return [`consumer ${app} removed`];
  }
  const config = consumerConfig(app, subjects, replicas);
  if (found && agrees(filtersAsList(found.config), config)) return [];
  await (found ? jsm.consumers.update(EVENTS_STREAM, app, config) : jsm.consumers.add(EVENTS_STREAM, config));
  return [`consumer ${app} ${found ? 'changed' : 'made'}`];
}

/** The server tells a single filter in another member than several. */
const filtersAsList = (config: ConsumerConfig): ConsumerConfig => ({
  ...config,
  filter_subjects: config.filter_subjects ?? (config.filter_subject ? [config.filter_subject] : []),
});

/** Whether all that `wanted` says stands in `found`; the server fills in much more. */
function agrees(found: object, wanted: object): boolean {
  return Object.entries(wanted).every(([name, value]) => same((found as Record<string, unknown>)[name], value));
}

function same(found: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) return JSON.stringify(found) === JSON.stringify(wanted);
  if (typeof wanted === 'object' && wanted !== null) return agrees((found ?? {}) as object, wanted);
  return (found ?? false) === wanted || (found === undefined && wanted === undefined);
}

const MISSING = [10014, 10059];

async function orNothing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof JetStreamApiError && MISSING.includes(error.code)) return undefined;
    throw error;
  }
}
