import type { DevInfo } from '#local';
import { eventually } from './eventually.js';
import { mailsTo, type InboxMail } from './people.js';

/** A mail with a link, as the development inbox shows it. */
export interface LinkedMail extends InboxMail {
  token: string;
  /** The page that its link opens. */
  page: string;
}

/** The newest mail to an address whose link opens the page `path`; the `count`th of them, once it is there. */
export function mailed(dev: DevInfo, address: string, path: string, count = 1): Promise<LinkedMail> {
  return eventually(`a mail to ${path}`, 45_000, async () => {
    const links = (await mailsTo(dev, address)).flatMap((mail): LinkedMail[] => {
      const [, page, token] = new RegExp(`(\\S+/${path})#token=([\\w-]+)`).exec(mail.text) ?? [];
      return page && token ? [{ ...mail, page, token }] : [];
    });
    return links.length >= count ? links.at(-1) : undefined;
  });
}
