import { isEmail } from 'class-validator';
import { USERNAME, type IdentityKind } from '#contracts';
import { shortName, unlikelyName } from '../users/names.rules.js';

const MAX_ADDRESS = 254;

/**
 * Names for a new account, the likeliest to please first: the one by which the person goes elsewhere, as far as it may
 * be a username, then the same made unlikely to be taken.
 */
export function usernames(label: string | null, kind: IdentityKind, id: string): string[] {
  // An address of a wallet is no name, and a mail address is nobody else’s to read.
  const given = kind === 'wallet' || label?.includes('@') ? '' : (label ?? '');
  const plain = shortName(
    given
      .normalize('NFKC')
      .replace(/\s+/g, '-')
      .replace(/[^\p{L}\p{N}_.-]/gu, ''),
  );
  const base = USERNAME.test(plain) ? plain : kind;
  const unlikely = unlikelyName(base, id);
  return base === kind ? [unlikely] : [base, unlikely];
}

/** An address that an account may have, of one that a provider names. */
export function addressOf(email: string | null): string | null {
  const usable = email !== null && email.length <= MAX_ADDRESS && !/\p{Cc}/u.test(email);
  return usable && isEmail(email, { allow_utf8_local_part: true }) ? email : null;
}
