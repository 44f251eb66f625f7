const NONE = Buffer.from([0xff, 0xff, 0xff, 0xff]);

/**
 * The parts one after the other, each behind its length (uint32, big-endian), so that no two lists of parts give
 * the same bytes. `null` is told apart from the empty text.
 */
export function lengthPrefixed(parts: readonly (string | null)[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      if (part === null) return [NONE];
      const text = Buffer.from(part, 'utf8');
      const length = Buffer.alloc(4);
      length.writeUInt32BE(text.length);
      return [length, text];
    }),
  );
}
