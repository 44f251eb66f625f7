import { error } from '../errors.js';

export const PolicyChanged = error(
  'policy_changed',
  'conflict',
  'The policy has a newer version; read it and change that one.',
);
