import { Command, InvalidArgumentError } from 'commander';
import { internalApi } from './internal-api.js';
import { print, table } from './output.js';

interface KekStatus {
  current: string;
  wrapped_by: { kek: string; data_keys: number }[];
  remaining: number;
  rotating_since: string | null;
}

interface DataKeysOrder {
  owner?: string;
  olderThanDays?: number;
  json?: boolean;
}

/** What an operator sees of a rotation. */
function shown({ current, wrapped_by, remaining, rotating_since }: KekStatus): string {
  const rows = wrapped_by.map((row) => ({ ...row, current: row.kek === current ? 'yes' : '' }));
  const state = rotating_since
    ? `${remaining} to be wrapped anew, since ${rotating_since}`
    : remaining
      ? `${remaining} are wrapped by a key before: keep it, and order \`gatehouse secrets rotate-kek\``
      : 'Nothing is left to be wrapped anew; keys before the current one may go';
  return `${table(rows, ['kek', 'data_keys', 'current'])}\n\n${state}`;
}

const kekCommand = (name: string, description: string, method: string, path: string): Command =>
  new Command(name)
    .description(description)
    .option('--json', 'print the whole answer as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const status = await internalApi().ask<KekStatus>(method, path);
      print(status, !!json, () => shown(status));
    });

/** `gatehouse secrets rotation`: how far a rotation is. */
export const rotationCommand = (): Command =>
  kekCommand(
    'rotation',
    'which key-encryption keys wrap how many data keys, and what is left of a rotation',
    'GET',
    '/internal/keys/kek',
  );

/** `gatehouse secrets rotate-kek`: in the background, and again after a restart. */
export const rotateKekCommand = (): Command =>
  kekCommand(
    'rotate-kek',
    'have every data key wrapped anew with the present key-encryption key, in the background',
    'POST',
    '/internal/keys/kek/rotate',
  );

/** `gatehouse secrets rotate-data-keys`: values follow when they are used. */
export const rotateDataKeysCommand = (): Command =>
  new Command('rotate-data-keys')
    .description('let data keys seal no more; what they have sealed is sealed anew when it is next used')
    .option('--owner <id>', 'only the keys of this person')
    .option('--older-than-days <days>', 'only keys that are older; default: all', days)
    .option('--json', 'print the answer as JSON')
    .action(async ({ owner: owner_id, olderThanDays: older_than_days, json }: DataKeysOrder) => {
      const order = { json: { owner_id, older_than_days } };
      const done = await internalApi().ask<{ retired: number }>('POST', '/internal/keys/data-keys/rotate', order);
      print(done, !!json, () => `${done.retired} data keys seal no more`);
    });

function days(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number of days.');
}
