import { createHmac } from 'node:crypto';
import { startSignedStandIn, type SignedStandIn, type SignedStandInOptions } from '../signed/signed-stand-in.js';
import { PaddleDesk } from './paddle-desk.js';

/** The tries of the first hour, of sixty in three days. */
const PAUSES = [60, 120, 180, 240, 300, 300, 300, 300, 300, 300];

/** Starts Paddle's stand-in. */
export function startPaddleStandIn(options: SignedStandInOptions): Promise<SignedStandIn<PaddleDesk>> {
  const headers = (raw: string): Record<string, string> => {
    const ts = Math.floor(Date.now() / 1000);
    const h1 = createHmac('sha256', options.webhookSecret).update(`${ts}:${raw}`).digest('hex');
    return { 'paddle-signature': `ts=${ts};h1=${h1}` };
  };
  const delivery = { url: options.webhookUrl, pauses: PAUSES, scale: options.retryScale ?? 1, headers };
  return startSignedStandIn(new PaddleDesk(), delivery, options);
}
