/** The prefix of a bus user's inboxes, as the broker's policy enforces it: `_INBOX_<user>`. */
export const inboxPrefix = (user: string): string => `_INBOX_${user.replaceAll('-', '_')}`;
