import { randomUUID } from 'node:crypto';
import type { DevInfo } from '#local';
import { eventually } from './eventually.js';
import { call, type Answer } from './http.js';

/** What a person registers with. */
export interface Newcomer {
  email: string;
  username: string;
  password: string;
}

/** Somebody with an account and a session. */
export interface SignedIn extends Newcomer {
  userId: string;
  accessToken: string;
  refreshToken: string;
}

/** A person nobody has met before; of ten thousand, no two are alike. */
export function newcomer(name = 'rowan'): Newcomer {
  const id = randomUUID().replaceAll('-', '').slice(0, 12);
  return { email: `${name}.${id}@example.com`, username: `${name}_${id}`, password: `${randomUUID()} lantern` };
}

/** Registers `who` at the default client. @throws Error when that is refused */
export async function register(dev: DevInfo, who = newcomer()): Promise<SignedIn> {
  const { status, body } = await call('POST', `${dev.public_url}/v1/auth/register`, { json: who });
  if (status !== 201) throw new Error(`registration answered ${status} ${JSON.stringify(body)}`);
  return { ...who, userId: body.user.id, accessToken: body.access_token, refreshToken: body.refresh_token };
}

export const login = (dev: DevInfo, who: Newcomer, more: object = {}): Promise<Answer> =>
  call('POST', `${dev.public_url}/v1/auth/login`, { json: { email: who.email, password: who.password, ...more } });

/** A sign-in with a license token: people sign in without one while licensing cannot be asked in time. */
export const licensed = (dev: DevInfo, who: Newcomer): Promise<Answer> =>
  eventually('a sign-in with a license token', 45_000, async () => {
    const answer = await login(dev, who);
    return answer.body.license_token ? answer : undefined;
  });

export const refresh = (dev: DevInfo, refreshToken: string): Promise<Answer> =>
  call('POST', `${dev.public_url}/v1/auth/refresh`, { json: { refresh_token: refreshToken } });

export const me = (dev: DevInfo, token: string): Promise<Answer> =>
  call('GET', `${dev.public_url}/v1/auth/me`, { token });

/** A refresh with a license token, for which the same holds as for {@link licensed}. */
export async function refreshLicensed(dev: DevInfo, refreshToken: string): Promise<Answer> {
  let token = refreshToken;
  return eventually('a refresh with a license token', 45_000, async () => {
    const answer = await refresh(dev, token);
    token = answer.body.refresh_token ?? token;
    return answer.body.license_token ? answer : undefined;
  });
}

/** Verifies a person's address with the token from the newest mail in the development inbox. */
export async function verifyAddress(dev: DevInfo, who: SignedIn): Promise<void> {
  await call('POST', `${dev.public_url}/v1/auth/verify-email/send`, { token: who.accessToken });
  await eventually('a mail whose token verifies', 45_000, async () => {
    const mail = (await mailsTo(dev, who.email)).at(-1);
    const token = /token=([A-Za-z0-9_-]+)/.exec(mail?.text ?? '')?.[1];
    if (!token) return undefined;
    const { status, body } = await call('POST', `${dev.public_url}/v1/auth/verify`, { json: { token } });
    return status === 200 && body.email_verified ? true : undefined;
  });
}

/** A mail as the development inbox shows it. */
export interface InboxMail {
  id: string;
  subject: string;
  text: string;
  attachments: { filename: string; content_base64: string }[];
}

export const mailsTo = async (dev: DevInfo, address: string): Promise<InboxMail[]> =>
  (await call('GET', `${dev.mail_url}/api/messages?to=${encodeURIComponent(address)}`)).body;

/** The blob in a delivery mail's text. */
export const blobIn = (mail: InboxMail): string | undefined =>
  /DTLIC2:[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+/.exec(mail.text)?.[0];

/** The delivery mails that an address got. */
export const deliveries = async (dev: DevInfo, address: string): Promise<InboxMail[]> =>
  (await mailsTo(dev, address)).filter((m) => blobIn(m));

/** What a mail program knows a mail by: of two with the same it shows one. */
export async function messageIdOf(dev: DevInfo, { id }: InboxMail): Promise<string> {
  const { body } = await call('GET', `${dev.mail_url}/api/messages/${id}/raw`);
  return /^message-id:\s*(\S+)/im.exec(String(body))![1]!;
}

/** Makes a sale at the stand-in storefront, which pings Gatehouse as the real one does. @returns its sale id */
export async function sell(dev: DevInfo, sale: Record<string, unknown>): Promise<string> {
  const { status, body } = await call('POST', `${dev.storefront_url}/_control/sales`, { json: sale });
  if (status >= 300 || !body.sale_id) throw new Error(`the storefront answered ${status} ${JSON.stringify(body)}`);
  return body.sale_id;
}

/** Uses a control of the stand-in storefront on a sale: `ping`, `refund`, `dispute`, `dispute_won`. */
export const controlSale = (dev: DevInfo, saleId: string, control: string, json: object = {}): Promise<Answer> =>
  call('POST', `${dev.storefront_url}/_control/sales/${encodeURIComponent(saleId)}/${control}`, { json });

/** The store tells of a sale again, as it does after a 503, until it is heard. */
export const pingUntilTaken = (dev: DevInfo, saleId: string, ms = 120_000): Promise<true> =>
  eventually('the ping to be taken', ms, async () => {
    const { body } = await controlSale(dev, saleId, 'ping');
    return body.pings.every((p: { status: number }) => p.status === 200) ? true : undefined;
  });

/** One request to the internal listener as the named caller. */
export function internal(dev: DevInfo, caller: string, method: string, path: string, json?: unknown): Promise<Answer> {
  const headers = { 'x-internal-secret': `${caller}.${dev.internal_callers[caller]}` };
  return call(method, `${dev.internal_url}${path}`, { json, headers });
}
