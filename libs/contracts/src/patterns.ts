const WORDS = new WeakMap<RegExp, string>();

/** A pattern, and in words what it asks for: a refusal says that the field “must be” that. */
export function pattern(shape: RegExp, words: string): RegExp {
  WORDS.set(shape, words);
  return shape;
}

/** What a pattern asks for; nothing for one that was declared without words. */
export const wordsOf = (shape: RegExp): string | undefined => WORDS.get(shape);
