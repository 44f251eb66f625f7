import { error } from '../errors.js';

export const OnlyAdmin = error(
  'only_admin',
  'conflict',
  'This is the only admin; make somebody else an admin before the account goes.',
);
