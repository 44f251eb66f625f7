import { error } from '../errors.js';

export const LastAdmin = error('last_admin', 'conflict', 'This is the last admin; make another one first.');
export const NoAddress = error('no_address', 'conflict', 'The account has no address that a mail could go to.');
export const NotImpersonable = error(
  'not_impersonable',
  'forbidden',
  'Nobody may act in the name of an account that has permissions of its own, or may not sign in.',
);
export const NotWhileImpersonating = error(
  'not_while_impersonating',
  'forbidden',
  'This is left to the person: it cannot be done in somebody else’s name.',
);
