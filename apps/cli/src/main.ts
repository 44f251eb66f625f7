#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { describe } from './problem.js';

const program = new Command('gatehouse').description('start, check and migrate Gatehouse').showHelpAfterError();
/** Each command is loaded only when it is asked for: `start` stays in memory for as long as the system runs. */
const COMMANDS = {
  start: async () => (await import('./start/start.js')).startCommand(),
  doctor: async () => (await import('./doctor/doctor.js')).doctorCommand(),
  migrate: async () => (await import('./migrate/migrate.js')).migrateCommand(),
  catalog: async () => (await import('./catalog/catalog.js')).catalogCommand(),
  deploy: async () => (await import('./deploy/deploy.js')).deployCommand(),
  mint: async () => (await import('./operator/license-commands.js')).mintCommand(),
  revoke: async () => (await import('./operator/license-commands.js')).revokeCommand(),
  licenses: async () => (await import('./operator/list-commands.js')).listCommand('licenses'),
  orders: async () => (await import('./operator/list-commands.js')).listCommand('orders'),
  events: async () => (await import('./operator/list-commands.js')).listCommand('events'),
  mail: async () => (await import('./operator/list-commands.js')).listCommand('mail'),
  imports: async () => (await import('./operator/list-commands.js')).listCommand('imports'),
  reconciliations: async () => (await import('./operator/list-commands.js')).listCommand('reconciliations'),
  erase: async () => (await import('./operator/erase-command.js')).eraseCommand(),
  suppressions: async () => (await import('./operator/suppressions-command.js')).suppressionsCommand(),
  import: async () => (await import('./operator/import-command.js')).importCommand(),
  reconcile: async () => (await import('./operator/reconcile-command.js')).reconcileCommand(),
  secrets: async () => (await import('./operator/secrets-command.js')).secretsCommand(),
  audit: async () => (await import('./operator/audit-command.js')).auditCommand(),
  keys: async () => (await import('./operator/keys-command.js')).keysCommand(),
  license: async () => (await import('./license/license-command.js')).licenseCommand(),
  'nats-conf': async () => (await import('./start/nats-conf.js')).natsConfCommand(),
};

// Everything is relative to the project: its config, its build, its state.
process.chdir(fileURLToPath(new URL('../../../..', import.meta.url)));
const SHORT: Record<string, string | undefined> = { list: 'licenses' };
const asked = (SHORT[process.argv[2]!] ?? process.argv[2]) as keyof typeof COMMANDS;
const loaders = COMMANDS[asked] ? [COMMANDS[asked]] : Object.values(COMMANDS);
for (const load of loaders) program.addCommand(await load(), { hidden: load === COMMANDS['nats-conf'] });
try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(describe(error, /^(debug|trace)$/.test(process.env.LOG_LEVEL ?? '')));
  process.exit(1);
}
