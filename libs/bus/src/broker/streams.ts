import type { AppName } from '#contracts';

/** Names of what the migration step makes on the broker. */

/** Holds every domain event until all of its listeners have taken it. */
export const EVENTS_STREAM = 'EVENTS';

/** An event that nobody took for this long is gone. */
export const EVENTS_MAX_AGE_MS = 30 * 86_400_000;

/** Holds the last minutes of frames for open clients: `rtm.>`, republished as `rtl.>`. */
export const REALTIME_STREAM = 'REALTIME';

/**
 * Key-value buckets. Of the gateway: rate limits, signatures of internal callers that were seen before, and answers
 * that belong to an idempotency key. Of realtime: when a notification may be repeated, and the ids that producers have used.
 */
export const BUCKETS = ['limits', 'signatures', 'answers', 'cooldowns', 'producer_keys'] as const;
export type BucketName = (typeof BUCKETS)[number];

/** The one app that reads and writes a bucket. */
export const BUCKET_OWNERS: Record<BucketName, AppName> = {
  limits: 'gateway',
  signatures: 'gateway',
  answers: 'gateway',
  cooldowns: 'realtime',
  producer_keys: 'realtime',
};

export const bucketsOf = (app: AppName): BucketName[] => BUCKETS.filter((bucket) => BUCKET_OWNERS[bucket] === app);

/** JetStream keeps a bucket in a stream of this name. */
export const bucketStream = (bucket: BucketName): string => `KV_${bucket}`;

/** A user asks here what it may do. The broker answers about the asker only. */
export const OWN_PERMISSIONS_SUBJECT = '$SYS.REQ.USER.INFO';
