import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { StartProblem } from '#boot';
import type { PlanCatalog } from './plan-catalog.js';
import { planCatalog } from './plans.rules.js';

function refuse(path: string, problems: string[]): never {
  const lines = problems.map((problem) => `  ${problem}`).join('\n');
  const what = problems.length === 1 ? 'has a problem' : `has ${problems.length} problems`;
  throw new StartProblem({ what: `${path} ${what}`, why: `\n${lines}`, fix: 'Mend the file and start again.' });
}

/** The catalog in the file. @throws StartProblem that tells everything that is wrong with it */
export function readPlansFile(path: string): PlanCatalog {
  let document: unknown;
  try {
    document = parse(readFileSync(path, 'utf8'));
  } catch (error) {
    refuse(path, [`it is no YAML: ${(error as Error).message.split('\n')[0]}`]);
  }
  const { catalog, problems } = planCatalog(document);
  if (problems.length) refuse(path, problems);
  return catalog;
}
