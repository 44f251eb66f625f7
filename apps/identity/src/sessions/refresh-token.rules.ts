import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

const VERSION = 1;
const BODY_BYTES = 21;
const MAC_BYTES = 32;
const TOKEN_LENGTH = Math.ceil(((BODY_BYTES + MAC_BYTES) * 4) / 3);
/** Generations are 32 bits on the wire; a session that has used them up has to sign in again. */
export const LAST_GENERATION = 0x7fff_fffe;

/** What an authentic refresh token says. */
export interface RefreshTokenClaim {
  session_id: string;
  generation: number;
}

/**
 * Writes the refresh token of one generation of a session: `version ‖ session id ‖ generation ‖ MAC`, base64url.
 * The same arguments give the same token, so that a lost answer can be given again without storing it.
 */
export function writeRefreshToken(key: Buffer, claim: RefreshTokenClaim): string {
  const body = Buffer.alloc(BODY_BYTES);
  body.writeUInt8(VERSION, 0);
  body.write(claim.session_id.replaceAll('-', ''), 1, 'hex');
  body.writeUInt32BE(claim.generation, 17);
  return Buffer.concat([body, mac(key, body)]).toString('base64url');
}

/** Reads a token and authenticates it, without asking anybody; `undefined` when it is not one of ours (R-RF7). */
export function readRefreshToken(key: Buffer, token: string): RefreshTokenClaim | undefined {
  if (token.length !== TOKEN_LENGTH) return undefined;
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== BODY_BYTES + MAC_BYTES || bytes[0] !== VERSION) return undefined;
  const body = bytes.subarray(0, BODY_BYTES);
  if (!timingSafeEqual(mac(key, body), bytes.subarray(BODY_BYTES))) return undefined;
  const generation = body.readUInt32BE(17);
  if (generation > LAST_GENERATION || bytes.toString('base64url') !== token) return undefined;
  return { session_id: uuidText(body.subarray(1, 17)), generation };
}

/** What the database keeps of a token. */
export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest();

const mac = (key: Buffer, body: Buffer): Buffer => createHmac('sha256', key).update(body).digest();

function uuidText(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
