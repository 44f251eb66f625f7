import { Refusal } from '#contracts';
import { assertStrongPassword } from './password.rules.js';

const context = {
  minLength: 12,
  words: ['alice_wonderland', 'alice.liddell@example.com', 'Gatehouse', 'branchpy-cli'],
};
const codeOf = (password: string): string | undefined => {
  try {
    assertStrongPassword(password, context);
    return undefined;
  } catch (e) {
    return (e as Refusal).extras.errors?.[0]?.code;
  }
};

describe('password rules', () => {
  it.each([
    ['R-PW1', 'eleven char', 'invalid_length'],
    ['R-PW1', '🦉'.repeat(11), 'invalid_length'],
    ['R-PW14', 'aé9 '.repeat(300), 'invalid_length'],
    ['R-PW6', 'Password1234', 'too_common'],
    ['R-PW6', 'aaaaaaaaaaaaaaaa', 'too_simple'],
    ['R-PW6', '1234567890123456', 'too_simple'],
    ['R-PW6', 'poiuytrewqmnb', 'too_simple'],
    ['R-PW7', 'alice_wonderland1', 'too_obvious'],
    ['R-PW7', 'ALICE.LIDDELL-99', 'too_obvious'],
    ['R-PW7', 'gatehouse2024!!', 'too_obvious'],
    ['R-PW7', 'BranchPyBranchPy', 'too_obvious'],
  ])('%s: refuses %s as %s', (_rule, password, code) => {
    expect(codeOf(password)).toBe(code);
  });

  it.each([
    ['R-PW3', 'only lower case letters of a phrase'],
    ['R-PW3', '739105628840'],
    ['R-PW2', 'spaces, Ünïcode, 漢字 and 🦊 '.repeat(4).slice(0, 128)],
    ['R-PW2', 'k9#fQ2'.repeat(11).slice(0, 64)],
    ['R-PW7', 'gatehouse-is-where-i-live'],
  ])('%s: takes %s', (_rule, password) => {
    expect(codeOf(password)).toBeUndefined();
  });
});
