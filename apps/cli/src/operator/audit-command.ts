import { Command } from 'commander';
import { internalApi } from './internal-api.js';
import { print } from './output.js';

interface Report {
  chains: number;
  entries: number;
  broken_at: string | null;
}

/** `gatehouse audit`: what can be said about the log of every use of a key. */
export const auditCommand = (): Command =>
  new Command('audit').description('look after the audit log').addCommand(
    new Command('verify')
      .description(
        'walk the chains of the secrets’ audit log; exits with 2 when an entry was changed, removed or moved',
      )
      .option('--json', 'print the report as JSON')
      .action(async ({ json }: { json?: boolean }) => {
        const report = await internalApi().ask<Report>('GET', '/internal/audit/verify');
        print(report, !!json, () => verdict(report));
        if (report.broken_at !== null) process.exitCode = 2;
      }),
  );

const verdict = ({ chains, entries, broken_at }: Report): string =>
  broken_at === null ? `Whole: ${entries} entries in ${chains} chains.` : `Broken: ${broken_at}.`;
