import { createHmac } from 'node:crypto';
import { startSignedStandIn, type SignedStandIn, type SignedStandInOptions } from '../signed/signed-stand-in.js';
import { LemonSqueezyDesk } from './lemon-squeezy-desk.js';

/** Three more tries. */
const PAUSES = [5, 25, 125];

/** Starts Lemon Squeezy's stand-in. */
export function startLemonSqueezyStandIn(options: SignedStandInOptions): Promise<SignedStandIn<LemonSqueezyDesk>> {
  const sign = (raw: string): string => createHmac('sha256', options.webhookSecret).update(raw).digest('hex');
  const delivery = {
    url: options.webhookUrl,
    pauses: PAUSES,
    scale: options.retryScale ?? 1,
    headers: (raw: string) => ({ 'x-signature': sign(raw) }),
  };
  return startSignedStandIn(new LemonSqueezyDesk(), delivery, options);
}
