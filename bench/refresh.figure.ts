import { constants, generateKeyPairSync, sign } from 'node:crypto';
import { call } from '../test/support/http.js';
import { login } from '../test/support/people.js';
import { compare, type Load } from './harness.js';
import { inLanes } from './load.js';
import { rateRow, type BenchContext, type Row } from './report.js';

const LANES = 32;

/** P3: refreshes of a body client against the RSA-2048 signature that each of them needs. */
export async function refreshFigure({ stack, person }: BenchContext): Promise<Row> {
  const dev = stack.info;
  const tokens = await Promise.all(
    Array.from({ length: LANES }, async () => (await login(dev, person)).body.refresh_token as string),
  );
  const ours = [stack.pid('gateway')!, stack.pid('identity')!, stack.pid('secrets')!, stack.natsPid];
  const refresh: Load = {
    name: 'refresh',
    pids: ours,
    run: (seconds) =>
      inLanes(LANES, seconds, async (lane) => {
        const json = { refresh_token: tokens[lane] };
        const { status, body } = await call('POST', `${dev.public_url}/v1/auth/refresh`, { json });
        if (status !== 200) throw new Error(`refresh answered ${status} ${body.code}`);
        tokens[lane] = body.refresh_token;
      }),
  };
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = { key: privateKey, padding: constants.RSA_PKCS1_PADDING };
  const claims = Buffer.alloc(500, 'c');
  const bare: Load = {
    name: 'bare RS256 sign',
    pids: [process.pid],
    run: (seconds) =>
      inLanes(1, seconds, async () => {
        sign('sha256', claims, key);
      }),
  };
  return rateRow('P3', 'refresh', await compare(refresh, bare));
}
