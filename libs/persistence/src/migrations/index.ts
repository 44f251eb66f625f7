import type { MigrationClass } from '../persistence-options.js';
import { Messages1700000000000 } from './1700000000000-messages.js';

/** The tables of this lib, in every app's database; they come before the app's own. */
export const baseMigrations: readonly MigrationClass[] = [Messages1700000000000];
