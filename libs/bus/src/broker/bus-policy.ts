import {
  allCommands,
  allEvents,
  APPS,
  BUS_USERS,
  commandSubject,
  eventSubject,
  type AppName,
  type BusUser,
} from '#contracts';
import { inboxPrefix } from '../connection/inbox.js';
import {
  bucketsOf,
  bucketStream,
  BUCKETS,
  EVENTS_STREAM,
  OWN_PERMISSIONS_SUBJECT,
  REALTIME_STREAM,
} from './streams.js';

/** What one bus user may do; whatever is not listed is refused by the broker. */
export interface UserPolicy {
  /** Subjects it may publish to. */
  publish: string[];
  /** Subjects it may subscribe to; `<subject> <queue>` allows that queue group only. */
  subscribe: string[];
}

export type BusPolicy = Record<BusUser, UserPolicy>;

/** Apps that handle events durably, and so have a consumer of their own. */
export const listeningApps = (): AppName[] => APPS.filter((app) => allEvents().some((e) => e.listeners.includes(app)));

/**
 * Who may say and hear what, derived from the contracts alone: the broker's configuration, the authorization tests
 * and the readiness probe all read it here.
 */
export function busPolicy(): BusPolicy {
  return Object.fromEntries(BUS_USERS.map((user) => [user, policyOf(user)])) as BusPolicy;
}

/** The policy of one bus user. */
export function policyOf(user: BusUser): UserPolicy {
  const publishes = allEvents().filter((e) => e.producers.includes(user as AppName));
  const own: UserPolicy = { publish: publishes.map(eventSubject), subscribe: [`${inboxPrefix(user)}.>`] };
  if (user === 'operator') own.publish.push(...operatorSubjects());
  if (!isApp(user)) return own;
  const extra = EXTRA[user] ?? { publish: [], subscribe: [] };
  return {
    publish: [
      ...commandsOf(user),
      ...own.publish,
      ...repliesOf(user),
      ...consumerSubjects(user),
      ...bucketSubjects(user),
      ...extra.publish,
      OWN_PERMISSIONS_SUBJECT,
    ],
    subscribe: [...own.subscribe, ...queuesOf(user), ...watchedBy(user), ...extra.subscribe],
  };
}

const isApp = (user: BusUser): user is AppName => (APPS as readonly string[]).includes(user);

const commandsOf = (app: AppName): string[] =>
  allCommands()
    .filter((c) => c.callers.includes(app))
    .map((c) => commandSubject(app, c));

/** Answers go to `_INBOX_<caller>.<replica>.<service>.<id>`, so no service can answer in another one's name. */
function repliesOf(app: AppName): string[] {
  const callers = new Set(
    allCommands()
      .filter((c) => c.service === app)
      .flatMap((c) => c.callers),
  );
  return [...callers].sort().map((caller) => `${inboxPrefix(caller)}.*.${app}.*`);
}

const queuesOf = (app: AppName): string[] =>
  allCommands()
    .filter((c) => c.service === app)
    .map((c) => `${commandSubject('*', c)} ${app}`);

const watchedBy = (app: AppName): string[] =>
  allEvents()
    .filter((e) => e.watchers.includes(app))
    .map(eventSubject);

const consumerSubjects = (app: AppName): string[] =>
  listeningApps().includes(app)
    ? [
        `$JS.API.CONSUMER.INFO.${EVENTS_STREAM}.${app}`,
        `$JS.API.CONSUMER.MSG.NEXT.${EVENTS_STREAM}.${app}`,
        `$JS.ACK.${EVENTS_STREAM}.${app}.>`,
      ]
    : [];

const bucketSubjects = (app: AppName): string[] =>
  bucketsOf(app).flatMap((bucket) => [
    `$KV.${bucket}.>`,
    `$JS.API.STREAM.INFO.${bucketStream(bucket)}`,
    `$JS.API.STREAM.MSG.GET.${bucketStream(bucket)}`,
    `$JS.API.DIRECT.GET.${bucketStream(bucket)}`,
    `$JS.API.DIRECT.GET.${bucketStream(bucket)}.>`,
  ]);

/** Rights that follow from what an app keeps on the broker, not from a contract. */
const EXTRA: Partial<Record<AppName, UserPolicy>> = {
  realtime: {
    publish: [
      'rtm.>',
      // Asks the other replicas who of a frame's receivers is there, and answers them.
      'rtl.>',
      `${inboxPrefix('realtime')}.*.realtime.*`,
      `$JS.API.STREAM.INFO.${REALTIME_STREAM}`,
      `$JS.API.DIRECT.GET.${REALTIME_STREAM}`,
      `$JS.API.DIRECT.GET.${REALTIME_STREAM}.>`,
    ],
    subscribe: ['rtl.>'],
  },
};

function operatorSubjects(): string[] {
  const streams = [EVENTS_STREAM, REALTIME_STREAM, ...BUCKETS.map(bucketStream)];
  return [
    ...streams.flatMap((s) => ['CREATE', 'UPDATE', 'INFO'].map((verb) => `$JS.API.STREAM.${verb}.${s}`)),
    ...APPS.flatMap((app) =>
      ['DURABLE.CREATE', 'INFO', 'DELETE'].map((verb) => `$JS.API.CONSUMER.${verb}.${EVENTS_STREAM}.${app}`),
    ),
  ];
}
