import { PermissionViolationError, type NatsConnection } from '@nats-io/transport-node';
import type { AppName } from '#contracts';
import { policyOf } from '../broker/bus-policy.js';
import { OWN_PERMISSIONS_SUBJECT } from '../broker/streams.js';
import { inboxPrefix } from './inbox.js';
import { covers } from '../broker/subjects.rules.js';

interface OwnPermissions {
  data?: { permissions?: { publish?: { allow?: string[] }; subscribe?: { allow?: string[] } } };
}

/**
 * Asks the broker what this connection may do and compares it with what the app needs.
 * @returns the subjects that are missing, as the broker's policy would list them
 */
export async function missingPermissions(nc: NatsConnection, app: AppName): Promise<string[]> {
  let own: OwnPermissions;
  try {
    own = (await nc.request(OWN_PERMISSIONS_SUBJECT, '', { timeout: 1_500 })).json<OwnPermissions>();
  } catch (error) {
    const refused = violationIn(error);
    if (!refused) throw error;
    return [refused.operation === 'publish' ? `publish ${OWN_PERMISSIONS_SUBJECT}` : `subscribe ${inboxPrefix(app)}.>`];
  }
  const granted = own.data?.permissions;
  const needed = policyOf(app);
  return [
    ...missing('publish', granted?.publish?.allow, needed.publish),
    ...missing('subscribe', granted?.subscribe?.allow, needed.subscribe),
  ];
}

const violationIn = (error: unknown): PermissionViolationError | undefined =>
  [error, (error as Error).cause].find((e): e is PermissionViolationError => e instanceof PermissionViolationError);

/** A user without an allow-list may do everything. */
const missing = (what: string, granted: string[] | undefined, needed: string[]): string[] =>
  granted ? needed.filter((n) => !granted.some((g) => covers(g, n))).map((n) => `${what} ${n}`) : [];
