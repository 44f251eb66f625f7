import { createHmac } from 'node:crypto';
import { startSignedStandIn, type SignedStandIn, type SignedStandInOptions } from '../signed/signed-stand-in.js';
import { StripeDesk } from './stripe-desk.js';

/** The first tries, of three days with ever longer pauses. */
const PAUSES = [60, 300, 1800, 7200];

/** Starts Stripe's stand-in. */
export function startStripeStandIn(options: SignedStandInOptions): Promise<SignedStandIn<StripeDesk>> {
  const headers = (raw: string): Record<string, string> => {
    const t = Math.floor(Date.now() / 1000);
    const v1 = createHmac('sha256', options.webhookSecret).update(`${t}.${raw}`).digest('hex');
    // Stripe sends `v0`, too, for tests; it proves nothing.
    return { 'stripe-signature': `t=${t},v1=${v1},v0=${'0'.repeat(64)}` };
  };
  const delivery = { url: options.webhookUrl, pauses: PAUSES, scale: options.retryScale ?? 1, headers };
  return startSignedStandIn(new StripeDesk(), delivery, options);
}
