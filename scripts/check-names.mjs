/**
 * The rules about files that eslint does not see: names that say nothing are refused, and roles are suffixes from a
 * closed list (docs/decisions and CONTRIBUTING say why).
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { isMain, root } from './lib/project.mjs';

const REFUSED = new Set(['common', 'shared', 'utils', 'util', 'helpers', 'helper', 'core', 'misc']);
/** Behind the first dot of a file name; a file without one is named after what it exports. */
const SUFFIXES = new Set([
  ...['module', 'controller', 'service', 'repository', 'queries', 'entity', 'rules', 'config'],
  ...['commands', 'events', 'errors'],
]);
/** `x.spec.ts`, `x.integration.spec.ts`, `x.e2e.spec.ts`, where x may be a role: `x.rules.spec.ts`. */
const TEST = /(^|\.)((integration|e2e)\.)?spec$/;
const TYPESCRIPT_IN = /^(apps|libs|test|bench)\//;
/** Where roles are suffixes; tests and benchmarks may have kinds of their own. */
const ROLES_IN = /^(apps|libs)\/[^/]+\/src\//;

/**
 * @param {string} file path from the root
 * @returns {string | undefined} what is wrong with it
 */
export function problemOf(file) {
  const parts = file.split('/');
  const refused = parts.find((part) => REFUSED.has(part.split('.')[0].toLowerCase()));
  if (refused) return `"${refused}" says nothing about what is in it`;
  if (!TYPESCRIPT_IN.test(file) || !file.endsWith('.ts') || file.endsWith('.d.ts')) return undefined;
  const name = parts.at(-1).slice(0, -'.ts'.length);
  if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/.test(name)) return 'file names are lower case with dashes';
  const suffix = name.split('.').slice(1).join('.');
  return ROLES_IN.test(file) ? suffixProblem(suffix) : undefined;
}

function suffixProblem(suffix) {
  const role = suffix.replace(TEST, '');
  // What a test is about may need a word more than the file that it stands beside.
  if (!role || SUFFIXES.has(role) || role !== suffix) return undefined;
  return `".${suffix}" is not on the list of suffixes (${[...SUFFIXES].join(', ')}, spec)`;
}

/** Tracked files and new ones that are not ignored. */
function files() {
  try {
    const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
      cwd: root,
      encoding: 'utf8',
    });
    return listed.split('\0').filter((file) => file && fs.existsSync(path.join(root, file)));
  } catch {
    // An unpacked archive has no git; what is ignored is then told by name.
    const ignored = /(^|\/)(node_modules|dist|\.git|\.gatehouse|\.cache|coverage)(\/|$)/;
    const all = fs.readdirSync(root, { recursive: true, withFileTypes: true });
    return all
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
      .filter((file) => !ignored.test(file));
  }
}

if (isMain(import.meta)) {
  const asked = process.argv.slice(2);
  const problems = (asked.length ? asked : files()).flatMap((file) => {
    const problem = problemOf(file);
    return problem ? [`${file}: ${problem}`] : [];
  });
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.exitCode = problems.length ? 1 : 0;
}
