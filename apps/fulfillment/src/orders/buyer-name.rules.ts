/** Longest name that a license carries, in UTF-16 units. */
const LONGEST = 128;

/** Line breaks and other controls, half surrogates, and the marks that turn the direction of writing around. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/gu;

const clean = (text: string): string => text.normalize('NFC').replace(UNPRINTABLE, ' ').replace(/\s+/g, ' ').trim();

function cut(text: string): string {
  if (text.length <= LONGEST) return text;
  return text
    .slice(0, LONGEST)
    .replace(/[\ud800-\udbff]$/, '')
    .trim();
}

/** The name on the license: the buyer's, else the part of the address before the at sign. */
export function buyerName(fullName: string | null, email: string): string {
  return cut(clean(fullName ?? '')) || cut(clean(email.split('@')[0] ?? '')) || email.slice(0, LONGEST);
}
