import { mailFailure } from './mail-failure.rules.js';

describe('a mail that was not taken', () => {
  it('P9: bounces for 5xx about the mail', () => {
    for (const command of ['MAIL FROM', 'RCPT TO', 'DATA']) {
      expect(mailFailure({ responseCode: 550, command }, 1)).toMatchObject({ bounced: true });
    }
    expect(mailFailure({ code: 'EENVELOPE' }, 1)).toMatchObject({ bounced: true });
  });

  it('P9: is tried again for 4xx, for a server that is away, and for 5xx about the connection or the sign-in', () => {
    const errors = [
      { responseCode: 451, command: 'RCPT TO' },
      { code: 'ESOCKET' },
      { responseCode: 554, command: 'CONN' },
      { responseCode: 535, command: 'AUTH PLAIN' },
    ];
    for (const error of errors) expect(mailFailure(error, 3, 1)).toMatchObject({ bounced: false, seconds: 4 });
    expect(mailFailure(errors[0], 200)).toMatchObject({ bounced: true });
  });

  it('G19: quotes nothing of what the mail server said', () => {
    const error = Object.assign(new Error('550 <ada@example.com>: no'), { responseCode: 550, command: 'RCPT TO' });
    expect(mailFailure(error, 1).why).toBe('The mail server answered 550 to RCPT TO.');
  });
});
