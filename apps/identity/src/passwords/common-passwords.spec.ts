import { COMMON_PASSWORD_COUNT, isCommonPassword } from './common-passwords.js';

describe('common passwords', () => {
  it('R-PW6: the list stands for far more than three thousand', () => {
    expect(COMMON_PASSWORD_COUNT).toBeGreaterThan(10_000);
  });

  it.each([
    ...['password', 'password1', 'password123', 'passw0rd123', 'p@ssw0rd2024', 'password1234!', 'passwordpassword'],
    ...[
      'qwertyuiop123',
      'iloveyou1234',
      'administrator',
      'welcome123456',
      'letmein12345',
      'changeme2024',
      'superman2000',
    ],
    ...['1q2w3e4r5t6y', '1qaz2wsx3edc', 'zaq12wsxcde3', 'qazwsxedc123', '123123123123', 'testtesttest', 'liverpool123'],
    ...[
      'correcthorsebatterystaple',
      'manchesterunited',
      'michaeljackson',
      'dragon123456',
      'm0nkey12345',
      'summer2024!',
    ],
  ])('R-PW6: %s is one', (password) => {
    expect(isCommonPassword(password)).toBe(true);
  });

  it.each([
    'a lantern in the long grass',
    'four small boats at dusk',
    'password is my first thought',
    'xkqv-7712-brrm',
  ])('R-PW3: %s is none', (password) => {
    expect(isCommonPassword(password)).toBe(false);
  });
});
