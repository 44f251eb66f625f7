import { jwtVerify, type JWTPayload } from 'jose';

/** Who looks at an extension, as Twitch says. */
export interface Viewer {
  /** The viewer’s id at Twitch; absent unless the viewer has shared it. An opaque id is nobody’s (R-TW3). */
  user_id: string | undefined;
  channel_id: string;
  role: string;
}

const LEEWAY_SECONDS = 30;
const MIN_SECRET_BYTES = 32;
const TWITCH_ID = /^\d{1,20}$/;
/** What Twitch calls viewers. `external` is what an extension’s own back end signs, and no viewer. */
export const VIEWER_ROLES = ['viewer', 'broadcaster', 'moderator'] as const;

/** The key that an extension’s secret stands for: Twitch gives it in base64 (R-TW1). @throws Error when it is none */
export function keyOf(secret: string): Uint8Array {
  const key = /^[A-Za-z0-9+/]+={0,2}$/.test(secret) ? Buffer.from(secret, 'base64') : Buffer.alloc(0);
  if (key.length < MIN_SECRET_BYTES) throw new Error('is no base64 text of at least 32 bytes');
  return new Uint8Array(key);
}

/** Reads a viewer’s token. @returns nothing when no secret has signed it, or it is no token of a viewer */
export async function readViewer(token: string, keys: readonly Uint8Array[]): Promise<Viewer | undefined> {
  for (const key of keys) {
    const claims = await claimsOf(token, key);
    if (claims) return viewerOf(claims);
  }
  return undefined;
}

async function claimsOf(token: string, key: Uint8Array): Promise<JWTPayload | undefined> {
  try {
    const rules = { algorithms: ['HS256'], clockTolerance: LEEWAY_SECONDS, requiredClaims: ['exp'] };
    return (await jwtVerify(token, key, rules)).payload;
  } catch {
    return undefined;
  }
}

function viewerOf({ user_id, channel_id, role, opaque_user_id }: JWTPayload): Viewer | undefined {
  const isId = (id: unknown): id is string => typeof id === 'string' && TWITCH_ID.test(id);
  if (!isId(channel_id) || typeof opaque_user_id !== 'string') return undefined;
  if (!(VIEWER_ROLES as readonly unknown[]).includes(role)) return undefined;
  if (user_id !== undefined && user_id !== '' && !isId(user_id)) return undefined;
  return { user_id: isId(user_id) ? user_id : undefined, channel_id, role: role as string };
}
