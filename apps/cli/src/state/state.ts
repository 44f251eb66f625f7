import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { parse } from 'yaml';
import { BUS_USERS, DATA_APPS, type BusUser, type DataAppName } from '#contracts';
import { ensureNkeys } from '#local';
import { readJson, writePrivate, type StateFolder } from './state-folder.js';

/** What is made once, on the first start, and kept. */
export interface State {
  admin: { username: string; password: string };
  gumroad: { webhook_secret: string; access_token: string };
  /** Passwords of the embedded Postgres: of its superuser and of each app's role. */
  postgres: { superuser: string; roles: Record<DataAppName, string> };
  /** Ports of last time, taken again when they are free. */
  ports: Record<string, number>;
}

export interface OpenedState {
  state: State;
  /** Whether this start made it. */
  fresh: boolean;
  internalCallers: Record<string, string>;
  /** Public keys of the bus users. */
  busUsers: Record<BusUser, string>;
}

const secret = (bytes = 24): string => randomBytes(bytes).toString('base64url');

/** Opens the state folder, and makes what is missing in it. */
export function openState(folder: StateFolder, callersFile: string): OpenedState {
  folder.make();
  const kept = readJson<State>(folder.at('state.json'));
  const state = kept ?? newState();
  if (!kept) saveState(folder, state);
  if (!fs.existsSync(folder.kek)) writePrivate(folder.kek, randomBytes(32));
  return {
    state,
    fresh: !kept,
    internalCallers: ensureInternalCallers(folder, callersFile),
    busUsers: ensureNkeys(folder.nkeys, BUS_USERS),
  };
}

export const saveState = (folder: StateFolder, state: State): void =>
  writePrivate(folder.at('state.json'), `${JSON.stringify(state, null, 2)}\n`);

function newState(): State {
  const roles = Object.fromEntries(DATA_APPS.map((app) => [app, secret()])) as Record<DataAppName, string>;
  return {
    admin: { username: 'admin', password: secret(15) },
    gumroad: { webhook_secret: secret(), access_token: secret() },
    postgres: { superuser: secret(), roles },
    ports: {},
  };
}

/** A secret for every caller on the list; those of callers that left the list go. */
function ensureInternalCallers(folder: StateFolder, callersFile: string): Record<string, string> {
  const { callers } = parse(fs.readFileSync(callersFile, 'utf8')) as { callers: Record<string, unknown> };
  const kept = readJson<Record<string, string>>(folder.internalCallers) ?? {};
  const secrets = Object.fromEntries(Object.keys(callers).map((name) => [name, kept[name] ?? secret()]));
  const text = `${JSON.stringify(secrets, null, 2)}\n`;
  if (JSON.stringify(kept) !== JSON.stringify(secrets)) writePrivate(folder.internalCallers, text);
  return secrets;
}
