import type { MailKind, SecurityNotice } from '#contracts';

/** The words around the link of a mail; facts of the mail are filled in. */
export interface LinkWords {
  subject: string;
  before: string[];
  label: string;
  after: string[];
}

/** What a link mail may say: whom it names, and until when its link works. */
export interface LinkFacts {
  username: string;
  until: string;
}

/** The mail of a license: its subject, and what it begins with. */
export interface LicenseWords {
  subject(tier: string): string;
  opening(tier: string, until: string): string;
}

/** Mails with a link whose words do not depend on an occasion. */
export type LinkMailKind = Exclude<MailKind, 'security_notice'>;

/** Every word of every mail, in one language. */
export interface MailWords {
  /** Names the language for `lang`, and how dates are written. */
  locale: string;
  /** @param name empty when nobody knows it */
  hello(name: string): string;
  code: string;
  paste: string;
  links: Record<LinkMailKind, (facts: LinkFacts) => LinkWords>;
  notices: Record<SecurityNotice, [subject: string, what: string]>;
  notice: {
    occasion(at: string, address: string | null, program: string | null): string;
    nothingToDo: string;
    label: string;
    after: string;
  };
  license: LicenseWords;
  license_changed: LicenseWords;
  licenseKey(key: string): string;
  activate: string;
  keep: string;
  portal: (facts: Pick<LinkFacts, 'until'>) => LinkWords;
}

/** A catalog that may lack words: those are said in the language that has all of them. */
export type Translation = Omit<Partial<MailWords>, 'locale' | 'links' | 'notices'> & {
  locale: string;
  links?: Partial<MailWords['links']>;
  notices?: Partial<MailWords['notices']>;
};
