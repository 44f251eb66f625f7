import { Fulfillment1795219200000 } from './1795219200000-fulfillment.js';
import { Erasure1795300000600 } from './1795300000600-erasure.js';
import { Portal1795300000800 } from './1795300000800-portal.js';
import { Stores1795300001000 } from './1795300001000-stores.js';
import { Subscriptions1795300001100 } from './1795300001100-subscriptions.js';
import { Reconciliations1795300001200 } from './1795300001200-reconciliations.js';
import { MailAndErasure1795300001300 } from './1795300001300-mail-and-erasure.js';
import { Revocations1795300001420 } from './1795300001420-revocations.js';

/** Migrations of fulfillment's database, oldest first. */
export const migrations = [
  Fulfillment1795219200000,
  Erasure1795300000600,
  Portal1795300000800,
  Stores1795300001000,
  Subscriptions1795300001100,
  Reconciliations1795300001200,
  MailAndErasure1795300001300,
  Revocations1795300001420,
];
