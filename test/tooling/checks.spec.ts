import { problemsOf, titlesIn } from '../../scripts/check-features.mjs';
import { problemOf } from '../../scripts/check-names.mjs';

const known = new Set(['A-me: says who you are', 'test/flows/accounts.e2e.spec.ts']);
const page = (...rows: string[]) =>
  `<!-- ids A-me, A-login -->\n| id | state | proof |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
const LOGIN = '| A-login | open | |';

describe('the check of docs/features.md', () => {
  it('takes a page on which every row that is done has its proof', () => {
    expect(problemsOf(page('| A-me | done | `A-me: says who you are` |', LOGIN), known)).toEqual([]);
    expect(problemsOf(page('| A-me | done | `test/flows/accounts.e2e.spec.ts` |', LOGIN), known)).toEqual([]);
  });

  it.each([
    ['whose test does not exist', '| A-me | done | `A-me: dreams` |', 'A-me: there is no test "A-me: dreams"'],
    ['that names no test', '| A-me | done | surely |', 'A-me is done, but names no test'],
    ['of an unknown state', '| A-me | nearly | |', 'A-me: the state "nearly" is none of done, part, open'],
  ])('refuses a row %s', (_, row, problem) => {
    expect(problemsOf(page(row, LOGIN), known)).toEqual([problem]);
  });

  it('refuses a page on which a row of the list is missing, or one is not on the list', () => {
    expect(problemsOf(page(LOGIN), known)).toEqual(['A-me has no row']);
    expect(problemsOf(page('| A-me | open | |', LOGIN, '| Z-new | open | |'), known)).toEqual([
      'Z-new is not on the list of ids',
    ]);
  });

  it('reads the titles of tests as they stand in the source', () => {
    const source = "it('a', f); describe('it\\'s', f); it.each([1, 2])('c %s', f); test.skip(`d`, f);";
    expect(titlesIn(source)).toEqual(['a', "it's", 'c %s', 'd']);
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
  ])('takes %s', (file) => expect(problemOf(file)).toBeUndefined());

  it.each([
    'apps/identity/src/sessions/sessions.manager.ts',
    'apps/identity/src/utils/time.ts',
    'libs/common/src/index.ts',
    'apps/identity/src/sessions/helpers.ts',
    'libs/bus/src/NatsConf.ts',
  ])('refuses %s', (file) => expect(problemOf(file)).toBeDefined());
});
