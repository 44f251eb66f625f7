/**
 * Checks rendered manifests against the typed schemas of Kubernetes: values by validation, misspelt fields by the
 * compiler. A program of its own because the schemas are ES modules.
 *
 * Usage: node test/deploy/validate-manifests.mjs FILE.json   (prints a JSON list of problems)
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const PACKAGE = 'kubernetes-models';
const TSC = 'node_modules/typescript/bin/tsc';
const FLAGS = '--noEmit --strict --skipLibCheck --module nodenext --target es2022 --types node'.split(' ');

const file = path.resolve(process.argv[2]);
const docs = JSON.parse(fs.readFileSync(file, 'utf8'));
const idOf = (doc) => `${doc.kind}/${doc.metadata.name}`;
const moduleOf = ({ apiVersion, kind }) => `${PACKAGE}/${apiVersion}/${kind}`;

async function valueProblems(doc) {
  try {
    const { [doc.kind]: Model } = await import(moduleOf(doc));
    new Model(doc).validate();
    return [];
  } catch (error) {
    return [`${idOf(doc)}: ${error.message}`];
  }
}

/** Each document as a literal of its type, on a line of its own, so that a complaint leads back to it. */
const typed = (doc, index) =>
  `export const d${index}: import('${moduleOf(doc)}').I${doc.kind} = ${JSON.stringify(doc)};`;

function fieldProblems() {
  const source = `${file}.check.ts`;
  fs.writeFileSync(source, docs.map(typed).join('\n'));
  const { stdout } = spawnSync(process.execPath, [TSC, '--ignoreConfig', ...FLAGS, source], { encoding: 'utf8' });
  return [...stdout.matchAll(/\((\d+),\d+\): error (.*)/g)].map(([, line, what]) => `${idOf(docs[line - 1])}: ${what}`);
}

const values = (await Promise.all(docs.map(valueProblems))).flat();
process.stdout.write(JSON.stringify([...values, ...fieldProblems()]));
