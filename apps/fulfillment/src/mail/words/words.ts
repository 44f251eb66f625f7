import type { MailWords, Translation } from './catalog.js';
import { de } from './de.js';
import { en } from './en.js';

/** Languages that mail can be written in; `en` is what the others fall back to. */
export const MAIL_LOCALES = ['en', 'de'] as const;
export type MailLocale = (typeof MAIL_LOCALES)[number];

/** Says in English what a translation lacks. */
export const completed = (translation: Translation): MailWords => ({
  ...en,
  ...translation,
  links: { ...en.links, ...translation.links },
  notices: { ...en.notices, ...translation.notices },
});

const CATALOGS: Record<MailLocale, MailWords> = { en, de: completed(de) };

export const wordsOf = (locale: MailLocale): MailWords => CATALOGS[locale];

/** `31 January 2031`, as the language writes it; in UTC, as licenses end. */
export const dayIn = ({ locale }: MailWords, time: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(time));

/** `31 January 2031 at 12:34 UTC`, as the language writes it. */
export const minuteIn = ({ locale }: MailWords, time: string): string =>
  `${new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(new Date(time))} UTC`;
