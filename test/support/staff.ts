import type { DevInfo } from '#local';
import { call, type Answer } from './http.js';

/** An access token of the first admin, from a fresh sign-in. */
export async function adminToken(dev: DevInfo): Promise<string> {
  const { username, password } = dev.admin;
  const { status, body } = await call('POST', `${dev.public_url}/v1/auth/login`, { json: { username, password } });
  if (status !== 200 || !body.access_token) throw new Error(`the admin’s sign-in answered ${status}`);
  return body.access_token;
}

/** One request to a route of staff. */
export const asStaff = (dev: DevInfo, token: string, method: string, path: string, json?: object): Promise<Answer> =>
  call(method, `${dev.public_url}/v1/admin${path}`, { token, json });
