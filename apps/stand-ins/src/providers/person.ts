export const PROVIDERS = ['github', 'google', 'twitch', 'steam'] as const;
export type Provider = (typeof PROVIDERS)[number];

/** Who signs in at a provider. */
export interface Person {
  id: string;
  login: string;
  name: string;
  email: string | null;
  email_verified: boolean;
  /** Says no when asked whether the application may know. */
  deny: boolean;
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
const first = (body: Record<string, unknown>, ...names: string[]): string | undefined =>
  names.map((name) => text(body[name])).find((value) => value !== undefined && value !== '');

/** A number that an id of letters stands for, because GitHub, Twitch and Steam count their people. */
function digits(id: string, length: number): string {
  let sum = 0n;
  for (const unit of Buffer.from(id)) sum = (sum * 257n + BigInt(unit)) % 10n ** BigInt(length - 1);
  return String(10n ** BigInt(length - 1) + sum);
}

function idAt(provider: Provider, id: string): string {
  if (provider === 'steam') return /^\d{17}$/.test(id) ? id : `7656119${digits(id, 10)}`;
  if (provider === 'google') return id;
  return /^\d{1,15}$/.test(id) ? id : digits(id, 9);
}

/** The person whom the body of `POST /_control/profile` describes; what it leaves out is made up. */
export function personOf(provider: Provider, body: Record<string, unknown>): Person {
  const id = first(body, 'id', 'sub', 'subject', 'steam_id', 'steamid') ?? '1001';
  const login = first(body, 'login', 'username', 'preferred_username', 'name') ?? `person-${id}`;
  const email = body['email'] === null ? null : (text(body['email']) ?? null);
  return {
    id: idAt(provider, id),
    login,
    name: first(body, 'name', 'display_name', 'login') ?? login,
    email,
    email_verified: email !== null && body['email_verified'] !== false && body['verified'] !== false,
    deny: body['deny'] === true,
  };
}
