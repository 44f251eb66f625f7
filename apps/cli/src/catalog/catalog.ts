import fs from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { LocalProblem } from '#local';
import { callersPage } from './callers-page.js';
import { commandsPage } from './commands-page.js';
import { configurationPage } from './configuration-page.js';
import { errorsPage } from './errors-page.js';
import { eventsPage } from './events-page.js';

const FOLDER = 'docs/reference';

/** `gatehouse catalog`: writes what the contracts and the config classes say as pages for people. */
export const catalogCommand = (): Command =>
  new Command('catalog')
    .description(`write ${FOLDER} from the contracts and the config classes`)
    .option('--check', 'change nothing; fail when a page is stale')
    .action(async ({ check }: { check?: boolean }) => {
      const stale = await stalePages();
      if (check) refuse(stale.map((page) => page.file));
      else for (const page of stale) write(page);
    });

interface Page {
  file: string;
  text: string;
}

async function stalePages(): Promise<Page[]> {
  const pages: Record<string, string> = {
    'commands.md': commandsPage(),
    'events.md': eventsPage(),
    'errors.md': errorsPage(),
    'callers.md': callersPage(),
    'configuration.md': await configurationPage(),
  };
  const all = Object.entries(pages).map(([name, text]) => ({ file: path.join(FOLDER, name), text }));
  return all.filter(({ file, text }) => !fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== text);
}

function write({ file, text }: Page): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
  process.stdout.write(`wrote ${file}\n`);
}

function refuse(files: string[]): void {
  if (!files.length) return void process.stdout.write(`${FOLDER} is up to date\n`);
  throw new LocalProblem(`stale: ${files.join(', ')}`, 'run `npm run catalog` and commit what it wrote');
}
