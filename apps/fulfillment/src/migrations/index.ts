import { Fulfillment1795219200000 } from './1795219200000-fulfillment.js';
import { Erasure1795300000600 } from './1795300000600-erasure.js';
import { Portal1795300000800 } from './1795300000800-portal.js';

/** Migrations of fulfillment's database, oldest first. */
export const migrations = [Fulfillment1795219200000, Erasure1795300000600, Portal1795300000800];
