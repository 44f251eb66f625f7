import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** How far a signature's time may be from ours, either way, in seconds. */
const TOLERANCE_SECONDS = 300;

const HEX_DIGEST = /^[0-9a-f]{64}$/i;
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The members of a signature header, `a=1;b=2`: every value of every name. */
export function headerMembers(header: string, separator: string): Map<string, string[]> {
  const members = new Map<string, string[]>();
  for (const part of header.split(separator)) {
    const [name = '', ...value] = part.trim().split('=');
    members.set(name, [...(members.get(name) ?? []), value.join('=')]);
  }
  return members;
}

/** Whether a signature's time is ours, within the tolerance: neither old nor to come. */
export function isTimely(timestamp: string | undefined, nowSeconds: number): boolean {
  if (!timestamp || !/^\d{1,12}$/.test(timestamp)) return false;
  return Math.abs(nowSeconds - Number(timestamp)) <= TOLERANCE_SECONDS;
}

/**
 * Whether one of the `shown` hex signatures is that of `signed` with one of the `secrets`. Digests are compared, all
 * with all every time, so nothing about secret or signature shows in the time it takes.
 */
export function isSigned(shown: readonly string[], signed: readonly (string | Buffer)[], secrets: readonly string[]) {
  const given = shown.filter((signature) => HEX_DIGEST.test(signature)).map((s) => digest(s.toLowerCase()));
  const right = secrets.map((secret) => {
    const mac = createHmac('sha256', secret);
    for (const part of signed) mac.update(part);
    return digest(mac.digest('hex'));
  });
  return given.flatMap((g) => right.map((r) => timingSafeEqual(g, r))).includes(true);
}
