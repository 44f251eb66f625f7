/** The text (base64url) with one of its last characters another than it was, so that it is certainly not the same. */
export function altered(text: string): string {
  const at = Math.max(0, text.length - 10);
  return `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
}
