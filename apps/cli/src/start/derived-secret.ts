import { createHmac } from 'node:crypto';
import type { State } from '../state/state.js';

/** A secret of this state folder for one purpose. Kept nowhere: it follows from what is kept. */
export const derivedSecret = (state: State, purpose: string): string =>
  createHmac('sha256', state.gumroad.access_token).update(purpose).digest('base64url');

/** With which Postmark would tell of bounces. */
export const mailWebhookSecret = (state: State): string => derivedSecret(state, 'mail webhook secret');
