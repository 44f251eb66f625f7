import { allCommands, allEvents, APPS, BUS_USERS, type AppName } from '#contracts';
import { code, heading, list, table } from './markdown.js';

const INTRO =
  'Who may say what on the bus. The broker enforces it: its configuration is generated from the same declarations. ' +
  'Every bus user has its own nkey, allow-lists only, and an inbox that nobody else can read.';

/** Who may call whom and publish what. */
export function callersPage(): string {
  return [
    heading('Callers', INTRO),
    `## Commands by caller\n\n${matrix()}\n`,
    `## Commands one by one\n\n${commands()}\n`,
    `## Events by bus user\n\n${events()}\n`,
  ].join('\n');
}

function matrix(): string {
  const count = (caller: AppName, service: AppName) =>
    allCommands().filter((command) => command.service === service && command.callers.includes(caller)).length;
  const rows = APPS.map((caller) => [code(caller), ...APPS.map((service) => String(count(caller, service) || '–'))]);
  return table(['caller ↓ service →', ...APPS], rows);
}

function commands(): string {
  const rows = allCommands().map(({ name, callers, permission }) => [code(name), list(callers), code(permission)]);
  return table(['command', 'callers', 'permission'], rows);
}

function events(): string {
  const named = (pick: 'producers' | 'listeners' | 'watchers', user: string) =>
    list(allEvents().flatMap((event) => ((event[pick] as readonly string[]).includes(user) ? [event.name] : [])));
  const rows = BUS_USERS.map((user) => [
    code(user),
    named('producers', user),
    named('listeners', user),
    named('watchers', user),
  ]);
  return table(['bus user', 'publishes', 'handles', 'watches'], rows);
}
