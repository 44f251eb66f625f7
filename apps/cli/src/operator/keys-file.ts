/** What a key file says, as text: that of a text file as it is, bytes in base64. */
export function keyText(bytes: Buffer): string {
  const text = bytes.toString('latin1').trim();
  const isText = /^[\x20-\x7e\r\n\t]+$/.test(text) && bytes.length !== SEED_BYTES;
  return isText ? text : bytes.toString('base64');
}

/** A seed of 32 bytes may look like text by chance; no text form of a key is that short. */
const SEED_BYTES = 32;
