import { crc32c } from './crc32c.js';
import { textIn, unavailable } from './provider-request.js';

type Members = Readonly<Record<string, unknown>>;

/** Bytes as Google's API takes them, and the checksum by which it notices what was changed on the way. */
export const checked = (name: string, bytes: Uint8Array): Record<string, string> => ({
  [name]: Buffer.from(bytes).toString('base64'),
  [`${name}Crc32c`]: String(crc32c(bytes)),
});

/** @throws Refusal `unavailable` unless the answer says that it is of the very thing that was asked */
export function assertOf(provider: string, { name }: Members, asked: string): void {
  const same = typeof name === 'string' && (name === asked || name.startsWith(`${asked}/`));
  if (!same) throw unavailable(provider, 'it answered for another key');
}

/** @throws Refusal `unavailable` unless the answer says that what was sent has arrived as it was */
export function assertArrived(provider: string, answer: Members, names: readonly string[]): void {
  if (!names.every((name) => answer[name] === true))
    throw unavailable(provider, 'what was sent was changed on the way');
}

/** Bytes of an answer, as they were when they left. @throws Refusal `unavailable` */
export function arrived(provider: string, answer: Members, name: string): Buffer {
  return whole(provider, Buffer.from(textIn(provider, answer, name), 'base64'), answer[`${name}Crc32c`]);
}

/** A text of an answer, as it was when it left. @throws Refusal `unavailable` */
export function arrivedText(provider: string, answer: Members, name: string): string {
  const text = textIn(provider, answer, name);
  whole(provider, Buffer.from(text, 'utf8'), answer[`${name}Crc32c`]);
  return text;
}

/** Google writes 64-bit numbers as texts, and its emulators as numbers. */
function whole(provider: string, bytes: Buffer, checksum: unknown): Buffer {
  const said = typeof checksum === 'string' || typeof checksum === 'number' ? String(checksum) : '';
  if (said === String(crc32c(bytes))) return bytes;
  throw unavailable(provider, 'its answer was changed on the way');
}
