import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { testDir } from '../support/run.js';

/** What a check says, line by line; nothing when all is well. */
function problems(script: string, ...args: string[]): string[] {
  const run = spawnSync(process.execPath, [path.resolve('scripts', script), ...args], { encoding: 'utf8' });
  const said = run.stderr.split('\n').filter(Boolean);
  expect(run.status).toBe(said.length ? 1 : 0);
  return said;
}

function features(...rows: string[]): string[] {
  const page = path.join(testDir('features'), 'features.md');
  const head = '<!-- ids A-me, A-login -->\n| id | state | proof |\n| --- | --- | --- |\n';
  fs.writeFileSync(page, `${head}${rows.join('\n')}\n`);
  return problems('check-features.mjs', page);
}

const LOGIN = '| A-login | open | |';

describe('the check of docs/features.md', () => {
  it('takes a row that is done when its test exists', () => {
    expect(features('| A-me | done | `takes a row that is done when its test exists` |', LOGIN)).toEqual([]);
    expect(features('| A-me | done | `test/tooling/checks.integration.spec.ts` |', LOGIN)).toEqual([]);
  });

  it.each([
    ['whose test does not exist', '| A-me | done | `dreams` |', 'A-me: there is no test "dreams"'],
    ['that names no test', '| A-me | done | surely |', 'A-me is done, but names no test'],
    ['of an unknown state', '| A-me | nearly | |', 'A-me: the state "nearly" is none of done, part, open'],
  ])('refuses a row %s', (_, row, problem) => {
    expect(features(row, LOGIN)).toEqual([problem]);
  });

  it('refuses a page on which a row of the list is missing, or one is not on the list', () => {
    expect(features(LOGIN)).toEqual(['A-me has no row']);
    expect(features('| A-me | open | |', LOGIN, '| Z-new | open | |')).toEqual(['Z-new is not on the list of ids']);
  });
});

describe('the check of file names', () => {
  it.each([
    'apps/identity/src/sessions/sessions.service.ts',
    'apps/identity/src/sessions/session.entity.ts',
    'libs/bus/src/broker/nats-conf.ts',
    'libs/bus/src/broker/nats-conf.rules.spec.ts',
    'libs/contracts/src/identity/sessions.commands.ts',
    'test/tour/people.chapter.ts',
  ])('takes %s', (file) => expect(problems('check-names.mjs', file)).toEqual([]));

  it.each([
    'apps/identity/src/sessions/sessions.manager.ts',
    'apps/identity/src/utils/time.ts',
    'libs/common/src/index.ts',
    'apps/identity/src/sessions/helpers.ts',
    'libs/bus/src/NatsConf.ts',
  ])('refuses %s', (file) => expect(problems('check-names.mjs', file)).toHaveLength(1));
});
