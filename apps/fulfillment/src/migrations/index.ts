import { Fulfillment1795219200000 } from './1795219200000-fulfillment.js';

/** Migrations of fulfillment's database, oldest first. */
export const migrations = [Fulfillment1795219200000];
