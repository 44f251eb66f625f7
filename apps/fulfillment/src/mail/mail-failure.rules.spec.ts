import { mailFailure } from './mail-failure.rules.js';

const FIRST = { attempts: 1, since: null };
const ago = (hours: number): Date => new Date(Date.now() - hours * 3_600_000);

describe('a mail that was not taken', () => {
  it('P9: bounces for 5xx about the mail', () => {
    for (const command of ['MAIL FROM', 'RCPT TO', 'DATA']) {
      expect(mailFailure({ responseCode: 550, command }, FIRST)).toMatchObject({ bounced: true });
    }
    expect(mailFailure({ code: 'EENVELOPE' }, FIRST)).toMatchObject({ bounced: true });
  });

  it.each([
    ['550 5.1.1 <ada@example.com>: no such user', 'RCPT TO', true],
    ['550-5.2.1 disabled', 'RCPT TO', true],
    ['550 5.7.1 not from you', 'RCPT TO', false],
    ['550 no', 'RCPT TO', false],
    ['554 5.1.1 no', 'DATA', false],
  ])('D-delivery: %s to %s: that there is no mailbox is %s', (response, command, noMailbox) => {
    const error = { responseCode: Number(response.slice(0, 3)), response, command };
    expect(mailFailure(error, FIRST)).toMatchObject({ bounced: true, noMailbox });
  });

  it('P9: is tried again for 48 hours for 4xx, for a server that is away, and for 5xx about the connection or the sign-in', () => {
    const errors = [
      { responseCode: 451, command: 'RCPT TO' },
      { code: 'ESOCKET' },
      { responseCode: 554, command: 'CONN' },
      { responseCode: 535, command: 'AUTH PLAIN' },
    ];
    for (const error of errors)
      expect(mailFailure(error, { attempts: 3, since: ago(1) }, 1)).toMatchObject({ bounced: false, seconds: 4 });
    for (const error of errors) {
      expect(mailFailure(error, { attempts: 999, since: ago(47.9) })).toMatchObject({ bounced: false });
      expect(mailFailure(error, { attempts: 2, since: ago(48) })).toMatchObject({ bounced: true, noMailbox: false });
    }
  });

  it('G19: quotes nothing of what the mail server said', () => {
    const error = Object.assign(new Error('550 <ada@example.com>: no'), { responseCode: 550, command: 'RCPT TO' });
    expect(mailFailure(error, FIRST).why).toBe('The mail server answered 550 to RCPT TO.');
  });
});
