import { assertPositive } from './steam.rules.js';

const NS = 'ns:http://specs.openid.net/auth/2.0';

it('R-ST5: Steam’s yes counts in its own form only', () => {
  expect(() => assertPositive({ status: 200, text: `${NS}\nis_valid:true\n` })).not.toThrow();
});

it.each([
  ['a no', 200, `${NS}\nis_valid:false\n`],
  ['a yes without the version', 200, 'is_valid:true\n'],
  ['a yes of another version', 200, 'ns:http://openid.net/signon/1.1\nis_valid:true\n'],
  ['yes and no', 200, `${NS}\nis_valid:false\nis_valid:true\n`],
  ['a page that has the words in it', 200, `<p>${NS} is_valid:true</p>`],
  ['nothing', 200, ''],
  ['a failure that says yes', 500, `${NS}\nis_valid:true\n`],
])('R-ST5: %s does not', (_what, status, text) => {
  expect(() => assertPositive({ status, text })).toThrow('not made this assertion');
});
