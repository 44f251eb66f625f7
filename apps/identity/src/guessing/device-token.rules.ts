import { createHmac, timingSafeEqual } from 'node:crypto';

/** Says that somebody signed in to an account on a device, at a time. It opens nothing. */
export interface DeviceClaim {
  user_id: string;
  device_id: string;
  issued_at: Date;
}

const VERSION = 1;
const HEAD_BYTES = 1 + 16 + 16 + 6;
const MAC_BYTES = 32;
const LENGTH = Math.ceil(((HEAD_BYTES + MAC_BYTES) * 4) / 3);

/** Writes `version ‖ account ‖ device ‖ time ‖ MAC`, base64url. It is stored nowhere. */
export function writeDeviceToken(key: Buffer, { user_id, device_id, issued_at }: DeviceClaim): string {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt8(VERSION, 0);
  head.write(user_id.replaceAll('-', ''), 1, 'hex');
  head.write(device_id.replaceAll('-', ''), 17, 'hex');
  head.writeUIntBE(issued_at.getTime(), 33, 6);
  return Buffer.concat([head, mac(key, head)]).toString('base64url');
}

/** What an authentic token says; `undefined` for everything else. */
export function readDeviceToken(key: Buffer, token: string | undefined): DeviceClaim | undefined {
  if (token?.length !== LENGTH) return undefined;
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== HEAD_BYTES + MAC_BYTES) return undefined;
  const head = bytes.subarray(0, HEAD_BYTES);
  if (head[0] !== VERSION || !timingSafeEqual(mac(key, head), bytes.subarray(HEAD_BYTES))) return undefined;
  const [user_id, device_id] = [uuidAt(head, 1), uuidAt(head, 17)];
  return { user_id, device_id, issued_at: new Date(head.readUIntBE(33, 6)) };
}

const uuidAt = (bytes: Buffer, at: number): string =>
  bytes.toString('hex', at, at + 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

const mac = (key: Buffer, head: Buffer): Buffer => createHmac('sha256', key).update('device\0').update(head).digest();
