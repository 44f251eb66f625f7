import path from 'node:path';
import type { DevInfo } from '#local';
import type { StateFolder } from '../state/state-folder.js';

/** What a newcomer needs next: where everything is, and one command to try. */
export function banner(info: DevInfo, folder: StateFolder, options: { fresh: boolean; seconds: number }): string {
  const rows: [string, string][] = [
    ['API', info.public_url],
    ['API reference', `${info.public_url}/docs`],
    ['Mail inbox', info.mail_url],
    ['Storefront stand-in', info.storefront_url],
    ['Sign-in stand-ins', info.providers_url],
    ['Internal API', info.internal_url],
    ['Metrics', `${info.internal_url}/metrics`],
    ['Addresses and secrets', path.relative(process.cwd(), folder.devJson) || folder.devJson],
    ['Logs', `${path.relative(process.cwd(), folder.at('logs'))}/`],
  ];
  if (options.fresh) rows.push(['Admin', `${info.admin.username} / ${info.admin.password}  (shown once)`]);
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
  return [
    '',
    `Gatehouse is ready after ${options.seconds.toFixed(1)} s.`,
    '',
    ...lines,
    '',
    'Try it: a sale, from the ping to the license in the inbox, in a second terminal:',
    '',
    '  npm run tour',
    '',
    'Ctrl-C stops everything.',
    '',
  ].join('\n');
}
