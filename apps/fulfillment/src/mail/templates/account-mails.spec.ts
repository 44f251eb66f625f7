import { MAIL_KINDS, SECURITY_NOTICES, type MailToken } from '#contracts';
import { mailHtml, mailText } from '../mail-layout.js';
import { ACCOUNT_MAILS } from './account-mails.js';

const token: MailToken = {
  token: 'abc-_123',
  email: 'ada@example.com',
  username: 'ada',
  expires_at: '2031-02-03T04:05:06.000Z',
};
const URL = 'https://accounts.example.com';

describe('mails about an account', () => {
  it.each(MAIL_KINDS)(
    'R-RC5 R-RC11: %s has its token behind # of a page of ours, and nowhere else in the address',
    (kind) => {
      const mail = ACCOUNT_MAILS[kind](token, URL);
      expect(mail.to).toEqual({ address: token.email, name: 'ada' });
      expect(mailText(mail)).toMatch(/^https:\/\/accounts\.example\.com\/[a-z-]+#token=abc-_123$/m);
      expect(mailText(mail)).not.toMatch(/\?token=/);
    },
  );

  it.each(SECURITY_NOTICES)(
    'R-RC9: the notice %s says what happened, when and from where, and how to stop it',
    (notice) => {
      const occasion = { at: '2031-02-03T04:05:06.000Z', ip: '192.0.2.1', user_agent: 'a <browser>' };
      const mail = ACCOUNT_MAILS.security_notice({ ...token, notice, occasion }, URL);
      expect(mailText(mail)).toMatch(/2031-02-03 04:05 UTC .*192\.0\.2\.1 .*a <browser>/);
      expect(mailText(mail)).toContain(`${URL}/secure-account#token=`);
      expect(mailHtml(mail)).toContain('a &lt;browser&gt;');
    },
  );

  it('C-email.verify_send: a verification shows the code for as long as it works', () => {
    expect(mailText(ACCOUNT_MAILS.verify_email({ ...token, code: '12345678' }, URL))).toMatch(/^12345678$/m);
    expect(mailText(ACCOUNT_MAILS.verify_email(token, URL))).not.toMatch(/^\d{8}$/m);
  });
});
