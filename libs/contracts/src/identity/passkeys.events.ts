import { event } from '../event.js';
import { OneOf, Uuid } from '../fields.js';

export class PasskeyChangedData {
  @Uuid() user_id!: string;
  @Uuid() passkey_id!: string;
}
export const PasskeyAdded = event('identity.passkey.added', {
  data: PasskeyChangedData,
  publicName: 'auth.passkey_added',
  summary: 'An account has a new passkey.',
});
export const PasskeyRemoved = event('identity.passkey.removed', {
  data: PasskeyChangedData,
  publicName: 'auth.passkey_removed',
  summary: 'A passkey of an account was removed.',
});

export class PasskeyRejectedData extends PasskeyChangedData {
  @OneOf(['not_verified', 'counter']) reason!: string;
}
export const PasskeyRejected = event('identity.passkey.rejected', {
  data: PasskeyRejectedData,
  publicName: 'auth.passkey_failed',
  summary: 'A known passkey’s answer was refused; `counter`: there may be a copy of it.',
});
