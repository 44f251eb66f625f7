import { event } from '../event.js';
import { OneOf, Uuid } from '../fields.js';

export class PasswordChangedData {
  @Uuid() user_id!: string;
  @OneOf(['change', 'reset', 'import']) by!: string;
}
export const PasswordChanged = event('identity.password.changed', {
  data: PasswordChangedData,
  publicName: 'auth.password_changed',
  summary: 'An account has another password.',
});

export class PasswordRefusedData {
  @Uuid() user_id!: string;
  @OneOf(['wrong_password', 'blocked']) reason!: string;
}
export const PasswordRefused = event('identity.password.refused', {
  data: PasswordRefusedData,
  publicName: 'auth.password_refused',
  summary: 'Somebody who is signed in was asked for the password again, and it was wrong.',
});
