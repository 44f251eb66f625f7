const NONE = 0xffffffff;

/**
 * The parts one after the other, each behind its length (uint32, big-endian), so that no two lists of parts give
 * the same bytes. `null` is told apart from the empty text.
 */
export function lengthPrefixed(parts: readonly (string | null)[]): Buffer {
  const lengths = parts.map((part) => (part === null ? 0 : Buffer.byteLength(part)));
  const bytes = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + length + 4, 0));
  let at = 0;
  for (const [i, part] of parts.entries()) {
    at = bytes.writeUInt32BE(part === null ? NONE : lengths[i]!, at);
    if (part !== null) at += bytes.write(part, at, 'utf8');
  }
  return bytes;
}
