import { MAIL_KINDS, SECURITY_NOTICES, type MailKind, type MailToken } from '#contracts';
import { mailHtml, mailText } from '../mail-layout.js';
import { MAIL_LOCALES, wordsOf, type MailLocale } from '../words/words.js';
import { accountMail } from './account-mails.js';

const token: MailToken = {
  token: 'abc-_123',
  email: 'ada@example.com',
  username: 'ada',
  expires_at: '2031-02-03T04:05:06.000Z',
};
const URL = 'https://accounts.example.com';
const written = (kind: MailKind, of: MailToken, locale: MailLocale = 'en') =>
  accountMail(kind, of, URL, wordsOf(locale));

describe.each(MAIL_LOCALES)('mails about an account in %s', (locale) => {
  it.each(MAIL_KINDS)(
    'R-RC5 R-RC11: %s has its token behind # of a page of ours, and nowhere else in the address',
    (kind) => {
      const mail = written(kind, token, locale);
      expect(mail.to).toEqual({ address: token.email, name: 'ada' });
      expect(mailText(mail)).toMatch(/^https:\/\/accounts\.example\.com\/[a-z-]+#token=abc-_123$/m);
      expect(mailText(mail)).not.toMatch(/\?token=/);
    },
  );

  it.each(SECURITY_NOTICES)(
    'R-RC9: the notice %s says what happened, when and from where, and how to stop it',
    (notice) => {
      const occasion = { at: '2031-02-03T04:05:06.000Z', ip: '192.0.2.1', user_agent: 'a <browser>' };
      const mail = written('security_notice', { ...token, notice, occasion }, locale);
      expect(mailText(mail)).toMatch(/3\.? Feb.* 2031 .*04:05 UTC .*192\.0\.2\.1 .*a <browser>/);
      expect(mailText(mail)).toContain(`${URL}/secure-account#token=`);
      expect(mailHtml(mail)).toContain('a &lt;browser&gt;');
    },
  );
});

it('C-email.verify_send: a verification shows the code for as long as it works', () => {
  expect(mailText(written('verify_email', { ...token, code: '12345678' }))).toMatch(/^12345678$/m);
  expect(mailText(written('verify_email', token))).not.toMatch(/^\d{8}$/m);
});
