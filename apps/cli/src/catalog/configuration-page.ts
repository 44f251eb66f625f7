import fs from 'node:fs';
import path from 'node:path';
import { envOf, type EnvSpec } from '#boot';
import { APPS, type AppName } from '#contracts';
import { code, heading, table } from './markdown.js';

const INTRO =
  'Every app is configured by environment variables alone. It reads them whole before it starts, names every problem ' +
  'at once and does not start until they are mended. An empty variable counts as absent.';

type ConfigClass = abstract new () => object;

/** The environment variables of every app, from its config class. */
export async function configurationPage(): Promise<string> {
  const sections: string[] = [];
  for (const app of APPS) {
    const config = await configOf(app);
    if (config)
      sections.push(`\n## ${app}\n\n${table(['variable', 'value', 'default', 'meaning'], envOf(config).map(row))}\n`);
  }
  return heading('Configuration', INTRO) + sections.join('');
}

/** The one class that `<app>.config.ts` exports; every app keeps it there. */
async function configOf(app: AppName): Promise<ConfigClass | undefined> {
  const file = path.resolve(`dist/apps/${app}/src/${app}.config.js`);
  if (!fs.existsSync(file)) return undefined;
  const exports = Object.values((await import(file)) as Record<string, unknown>);
  return exports.find((value): value is ConfigClass => isConfig(value));
}

const isConfig = (value: unknown): boolean =>
  typeof value === 'function' && /^class /.test(String(value)) && envOf(value as ConfigClass).length > 0;

function row({ name, type, default: byDefault, optional, secret, description }: EnvSpec): string[] {
  const missing = optional ? 'none' : '**must be set**';
  const shown = byDefault === undefined || secret ? missing : code(String(byDefault) || "''");
  return [code(name), type, shown, description ?? ''];
}
