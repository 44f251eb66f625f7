import { createHmac, timingSafeEqual } from 'node:crypto';

/** Seconds by which a signature's time may differ from ours. */
const SIGNATURE_WINDOW = 300;

/** What `X-Internal-Signature: t=…,caller=…,v1=…` says. */
export interface Signature {
  /** Unix seconds. */
  t: number;
  caller: string;
  /** Lower-case hex. */
  v1: string;
}

/** The parts of a signature header, or nothing when it is not of that form. */
export function readSignature(header: string): Signature | undefined {
  const parts = new Map(header.split(',').map((p) => p.trim().split('=', 2) as [string, string]));
  const { t, caller, v1 } = Object.fromEntries(parts);
  if (parts.size !== 3 || !t || !caller || !v1) return undefined;
  if (!/^\d{1,12}$/.test(t) || !/^[0-9a-f]{64}$/.test(v1)) return undefined;
  return { t: Number(t), caller, v1 };
}

/** What is signed: the time, the method, the path with its query as it was sent, and the body's bytes. */
export interface SignedRequest {
  method: string;
  path: string;
  body: Buffer;
}

/** Hex HMAC-SHA256 of `t.METHOD.path.body`. */
export const sign = (secret: string, t: number, request: SignedRequest): string =>
  createHmac('sha256', secret).update(`${t}.${request.method}.${request.path}.`).update(request.body).digest('hex');

/** Whether `signature` was made with one of the `secrets`; every one is tried, so that time tells nothing. */
export function signatureHolds(signature: Signature, secrets: readonly string[], request: SignedRequest): boolean {
  const given = Buffer.from(signature.v1, 'hex');
  const known = secrets.length ? secrets : [''];
  const held = known.map((s) => timingSafeEqual(Buffer.from(sign(s, signature.t, request), 'hex'), given));
  return secrets.length > 0 && held.includes(true);
}

export const isTimely = (signature: Signature, now: number): boolean => Math.abs(now - signature.t) <= SIGNATURE_WINDOW;
