import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartProblem } from '#boot';
import { testDir } from '../../../../test/support/run.js';
import { readBroadcastFile } from './broadcast-presets.js';

const problem = (text: string): string => {
  const path = join(testDir('broadcast'), 'broadcast.yaml');
  writeFileSync(path, text);
  try {
    readBroadcastFile(path);
  } catch (error) {
    return (error as StartProblem).why;
  }
  throw new Error('the file was accepted');
};

it('C-broadcast_config.get: the file of the project is right, and its default is qa-host', () => {
  const presets = readBroadcastFile(join(__dirname, '../../../../config/broadcast.yaml'));
  expect(presets.default_id).toBe('qa-host');
  expect([...presets.ids]).toContain('qa-host');
});

it('C-broadcast_config.put: everything that is wrong with the file is told at once', () => {
  const why = problem(`
default: nobody
colour: red
settings: { title: text, loud: boolean, Bad: text }
presets:
  - { id: one, name: One, settings: { title: 7, other: x } }
  - { id: one, name: Again }
  - { id: two }
  - { id: 'No Id', name: x }
`);
  const parts = ['colour', 'settings.loud', 'settings.Bad', 'one: title', 'one: other', 'one: stands there twice'];
  for (const part of [...parts, 'two: has no name', 'No Id', 'default']) expect(why).toContain(part);
});

it('C-broadcast_config.put: what is no YAML is told', () => {
  expect(problem('presets: [')).toMatch(/no YAML/);
});
