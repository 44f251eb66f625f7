import { Licensing1763683200001 } from './1763683200001-licensing.js';

/** The app's migrations, oldest first. */
export const migrations = [Licensing1763683200001];
