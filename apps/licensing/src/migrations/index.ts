import { Licensing1763683200001 } from './1763683200001-licensing.js';
import { Installations1795300000000 } from './1795300000000-installations.js';
import { RevocationLists1795300000100 } from './1795300000100-revocation-lists.js';
import { RenewalsAndImports1795300000800 } from './1795300000800-renewals-and-imports.js';
import { Terms1795300001100 } from './1795300001100-terms.js';
import { ErasedAddresses1795300001300 } from './1795300001300-erased-addresses.js';
import { ImportRows1795300001410 } from './1795300001410-import-rows.js';
import { ImportFields1795300001510 } from './1795300001510-import-fields.js';
import { ImportUndoing1795300001520 } from './1795300001520-import-undoing.js';
import { ErasedBlobs1795300001530 } from './1795300001530-erased-blobs.js';

/** The app's migrations, oldest first. */
export const migrations = [
  Licensing1763683200001,
  Installations1795300000000,
  RevocationLists1795300000100,
  RenewalsAndImports1795300000800,
  Terms1795300001100,
  ErasedAddresses1795300001300,
  ImportRows1795300001410,
  ImportFields1795300001510,
  ImportUndoing1795300001520,
  ErasedBlobs1795300001530,
];
