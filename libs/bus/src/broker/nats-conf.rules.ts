import { BUS_USERS, type BusUser } from '#contracts';
import { inboxPrefix } from '../connection/inbox.js';
import { busPolicy, type BusPolicy, type UserPolicy } from './bus-policy.js';
import { BUCKET_OWNERS, BUCKETS } from './streams.js';

/** Roots that nobody but the broker's own operator account may hear whole. */
const TOO_WIDE = /^(>|\*|\*\..*|(cmd|evt|\$JS|\$JS\.API|\$SYS|\$KV|_INBOX|_INBOX\..*)\.>)$/;

/** The few wide grants that there are, each with its reason. */
const WIDE_ON_PURPOSE: Record<string, (user: BusUser) => boolean> = {
  // Frames are per person, and persons are no contract.
  'rtm.>': (user) => user === 'realtime',
  'rtl.>': (user) => user === 'realtime',
  ...Object.fromEntries(BUCKETS.map((bucket) => [`$KV.${bucket}.>`, (user) => user === BUCKET_OWNERS[bucket]])),
};

/**
 * What is wrong with a policy: grants that are wider than the rules of the bus allow.
 * @returns a sentence for each problem; none when it is sound
 */
export function lintBusPolicy(policy: BusPolicy = busPolicy()): string[] {
  return BUS_USERS.flatMap((user) => [
    ...policy[user].publish.flatMap((s) => publishProblems(user, s)),
    ...subscribeProblems(user, policy[user]),
  ]);
}

function publishProblems(user: BusUser, subject: string): string[] {
  const told = (why: string): string[] => [`${user} may publish to ${subject}: ${why}`];
  if (TOO_WIDE.test(subject)) return told('too wide');
  if (subject.startsWith('cmd.') && !subject.startsWith(`cmd.${user}.`)) return told('not its own name');
  if (/^(cmd|evt)\./.test(subject) && /[*>]/.test(subject)) return told('commands and events are granted one by one');
  if (subject.startsWith('_INBOX') && !new RegExp(`^_INBOX_[a-z]+\\.\\*\\.${user}\\.\\*$`).test(subject)) {
    return told('answers carry the name of the service');
  }
  if (/STREAM\.(DELETE|PURGE|MSG\.DELETE)|ACCOUNT/.test(subject)) return told('destroys streams');
  if (/(STREAM|CONSUMER)\.\w*\.?(CREATE|UPDATE|DELETE)/.test(subject) && user !== 'operator') {
    return told('streams and consumers are made by the operator only');
  }
  const wide = subject.endsWith('>') && !/^\$JS\.(ACK|API\.DIRECT\.GET)\.[A-Z][A-Za-z_]*\./.test(subject);
  return wide && !WIDE_ON_PURPOSE[subject]?.(user) ? told('a wildcard without a reason') : [];
}

function subscribeProblems(user: BusUser, { subscribe }: UserPolicy): string[] {
  return subscribe.flatMap((grant) => {
    const [subject, queue] = grant.split(' ') as [string, string?];
    const told = (why: string): string[] => [`${user} may subscribe to ${grant}: ${why}`];
    if (TOO_WIDE.test(subject)) return told('too wide');
    if (subject.startsWith('_INBOX')) return subject === `${inboxPrefix(user)}.>` ? [] : told('another inbox');
    if (subject.startsWith('$')) return told('the broker’s own subjects');
    if (subject.startsWith('cmd.')) return commandGrantProblems(user, subject, queue).flatMap(told);
    return subject.endsWith('>') && !WIDE_ON_PURPOSE[subject]?.(user) ? told('a wildcard without a reason') : [];
  });
}

function commandGrantProblems(user: BusUser, subject: string, queue?: string): string[] {
  if (!new RegExp(`^cmd\\.\\*\\.${user}\\.[a-z_]+\\.[a-z_]+$`).test(subject)) return ['another service’s commands'];
  return queue === user ? [] : ['every replica would run every command; the queue group is missing'];
}

/** What must not stand in a rendered configuration, whoever wrote it. */
const FORBIDDEN: [RegExp, string][] = [
  [/allow_responses/i, 'allow_responses lets an answer go anywhere; grant the inboxes'],
  [/no_auth_user/i, 'no_auth_user lets strangers in'],
  [/^\s*(token|password|pass|user(name)?)\s*[:=]/im, 'bus users sign in with nkeys'],
  [/\bS[UA][A-Z2-7]{56}\b/, 'a private seed stands in the configuration'],
  [/allow:\s*\[?\s*"?>"?\s*\]?/i, 'somebody may do everything'],
  [/allow:\s*\[\s*\]/i, 'an empty allow-list allows everything'],
];

/**
 * What is wrong with the text of a `nats.conf`.
 * @returns a sentence for each problem; none when it is sound
 */
export function lintNatsConf(conf: string): string[] {
  const text = conf.replace(/^\s*#.*$/gm, '');
  const problems = FORBIDDEN.filter(([pattern]) => pattern.test(text)).map(([, why]) => why);
  const keys = [...text.matchAll(/nkey:\s*"?(\w+)"?/g)].map((m) => m[1]!);
  if (!keys.length) problems.push('no bus user has an nkey');
  if (new Set(keys).size < keys.length) problems.push('two bus users share an nkey');
  if (!/^authorization\s*\{/m.test(text)) problems.push('there is no authorization block: everybody may do everything');
  if (!/store_dir/.test(text)) problems.push('streams have no store_dir and end with the machine’s temporary files');
  return problems;
}
