// Reads a rendered overlay from standard input and checks each document against the typed schema of its kind.
// Prints the problems as a JSON list. A process of its own, because the schemas are ES modules.
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

const problems = [];
for (const document of parseAllDocuments(readFileSync(0, 'utf8')).map((d) => d.toJS())) {
  const name = `${document.kind}/${document.metadata.name}`;
  const group = document.apiVersion.includes('/') ? document.apiVersion : `${document.apiVersion}`;
  try {
    const models = await import(`kubernetes-models/${group}/${document.kind}`);
    const Model = models[document.kind] ?? models.default?.[document.kind];
    new Model(document).validate();
  } catch (error) {
    problems.push(`${name}: ${error.message}`);
  }
}
process.stdout.write(JSON.stringify(problems));
