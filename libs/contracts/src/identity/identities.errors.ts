import { error } from '../errors.js';

export const IdentityTaken = error('identity_taken', 'conflict', 'This identity cannot be linked to this account.');
export const LastWayIn = error('last_way_in', 'conflict', 'This is the only way into the account.');
