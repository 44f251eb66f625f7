/**
 * docs/features.md against the tests: a row that says `done` names the tests that prove it, and each of them exists.
 *
 * The page holds the list of all row ids between `<!-- ids` and `-->`, and tables whose rows are
 * `| id | state | proof |`: state `done`, `part` or `open`; proof one or more test titles in backticks, or paths of
 * spec files.
 */
import fs from 'node:fs';
import path from 'node:path';
import { isMain, root } from './lib/project.mjs';

const STATES = new Set(['done', 'part', 'open']);

/** The titles of all tests and the paths of their files. */
function proofs() {
  const titles = new Set();
  for (const folder of ['apps', 'libs', 'test']) {
    for (const entry of fs.readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.name.endsWith('.spec.ts')) continue;
      const file = path.join(entry.parentPath, entry.name);
      titles.add(path.relative(root, file));
      const text = fs.readFileSync(file, 'utf8');
      for (const title of titlesIn(text)) titles.add(title);
    }
  }
  return titles;
}

/** First arguments of `it`, `test` and `describe`, as they stand in the source. */
export function titlesIn(text) {
  const call = /\b(?:it|test|describe)(?:\.[a-z]+)*(?:\([^()]*\))?\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g;
  return [...text.matchAll(call)].map((match) => match[2].replace(/\\(['"`])/g, '$1'));
}

/**
 * @param {string} page the text of docs/features.md
 * @param {Set<string>} known titles and files of the tests there are
 * @returns {string[]} what is wrong
 */
export function problemsOf(page, known) {
  const ids = (/<!--\s*ids\s([\s\S]*?)-->/.exec(page)?.[1] ?? '').split(/[\s,]+/).filter(Boolean);
  const rows = [...page.matchAll(/^\|([^|\n]+)\|([^|\n]+)\|(.*)\|\s*$/gm)].map((m) => m.slice(1).map((s) => s.trim()));
  const table = rows.filter(([id, state]) => id !== 'id' && !/^:?-+:?$/.test(state));
  const told = new Set(table.map(([id]) => id.replaceAll('`', '')));
  return [
    ...(ids.length ? [] : ['the list of ids (`<!-- ids … -->`) is missing']),
    ...ids.filter((id) => !told.has(id)).map((id) => `${id} has no row`),
    ...[...told].filter((id) => !ids.includes(id)).map((id) => `${id} is not on the list of ids`),
    ...table.flatMap(([id, state, proof]) => rowProblems(id, state, proof, known)),
  ];
}

function rowProblems(id, state, proof, known) {
  if (!STATES.has(state)) return [`${id}: the state "${state}" is none of ${[...STATES].join(', ')}`];
  const named = [...proof.matchAll(/`([^`]+)`/g)].map((match) => match[1]);
  const missing = named.filter((name) => !known.has(name)).map((name) => `${id}: there is no test "${name}"`);
  return state === 'done' && !named.length ? [`${id} is done, but names no test`] : state === 'open' ? [] : missing;
}

if (isMain(import.meta)) {
  const page = path.resolve(process.argv[2] ?? path.join(root, 'docs/features.md'));
  const problems = fs.existsSync(page)
    ? problemsOf(fs.readFileSync(page, 'utf8'), proofs())
    : ['docs/features.md is missing'];
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.exitCode = problems.length ? 1 : 0;
}
