import { Keyring1795219200000 } from './1795219200000-keyring.js';

/** The schema of the secrets service, oldest first. */
export const migrations = [Keyring1795219200000];
