import type { LicenseRecord } from '#contracts';
import { mailHtml, mailText } from '../mail-layout.js';
import { licenseMail } from '../templates/license-mail.js';
import { portalLinkMail } from '../templates/portal-link-mail.js';
import { de } from './de.js';
import { en } from './en.js';
import { completed, wordsOf } from './words.js';

const license = {
  ...{ license_key: 'DT-PRO-1', tier: 'pro', name: 'Ada', email: 'ada@example.com', blob: 'DTLIC1.x' },
  expires_at: '2031-02-03T00:00:00.000Z',
} as LicenseRecord;

describe('the words of mails', () => {
  it('D-delivery: a mail, its dates and its lang are in the language that is set', () => {
    const german = licenseMail('license', license, wordsOf('de'));
    expect(mailText(german)).toContain('gültig bis 3. Februar 2031');
    expect(mailHtml(german)).toContain('<html lang="de-DE">');
    const english = licenseMail('license', license, wordsOf('en'));
    expect(mailText(english)).toContain('valid until 3 February 2031');
    expect(mailHtml(english)).toContain('<html lang="en-GB">');
  });

  it('D-delivery: names nobody whose name is not known', () => {
    const link = { email: 'ada@example.com', token: 'abc', expires_at: new Date('2031-02-03T04:05:06Z') };
    expect(mailText(portalLinkMail(link, 'https://a.example', wordsOf('de')))).toMatch(/^Hallo,\n/);
  });

  it('D-delivery: what a translation lacks is said in English', () => {
    const words = completed({ locale: 'nl-NL', notices: { new_device: ['Nieuw', 'nieuw apparaat.'] } });
    expect(words.notices.new_device).toEqual(['Nieuw', 'nieuw apparaat.']);
    expect(words.notices.passkey_added).toEqual(en.notices.passkey_added);
    expect(words.links.reset_password).toBe(en.links.reset_password);
    expect(words.locale).toBe('nl-NL');
  });

  it('D-delivery: German lacks nothing', () => {
    const { links, notices, ...rest } = en;
    expect(Object.keys(de)).toEqual(expect.arrayContaining(Object.keys(rest)));
    expect(Object.keys(de.links!)).toEqual(Object.keys(links));
    expect(Object.keys(de.notices!)).toEqual(Object.keys(notices));
  });
});
