/** Names of what the migration step makes on the broker. */

/** Holds every domain event until all of its listeners have taken it. */
export const EVENTS_STREAM = 'EVENTS';

/** An event that nobody took for this long is gone. */
export const EVENTS_MAX_AGE_MS = 30 * 86_400_000;

/** Holds the last minutes of frames for open clients: `rtm.>`, republished as `rtl.>`. */
export const REALTIME_STREAM = 'REALTIME';

/** Key-value buckets of the gateway: rate limits, and signatures of internal callers that were seen before. */
export const BUCKETS = ['limits', 'signatures'] as const;
export type BucketName = (typeof BUCKETS)[number];

/** JetStream keeps a bucket in a stream of this name. */
export const bucketStream = (bucket: BucketName): string => `KV_${bucket}`;

/** A user asks here what it may do. The broker answers about the asker only. */
export const OWN_PERMISSIONS_SUBJECT = '$SYS.REQ.USER.INFO';
