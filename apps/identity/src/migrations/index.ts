import { Accounts1795219200000 } from './1795219200000-accounts.js';
import { Sessions1795219200001 } from './1795219200001-sessions.js';
import { SecondFactors1795300000000 } from './1795300000000-second-factors.js';
import { Passkeys1795300000050 } from './1795300000050-passkeys.js';
import { PasswordsAndAddresses1795300000100 } from './1795300000100-passwords-and-addresses.js';
import { CredentialVersions1795300000101 } from './1795300000101-credential-versions.js';
import { LegacyNames1795300000102 } from './1795300000102-legacy-names.js';
import { Providers1795300000200 } from './1795300000200-providers.js';
import { Devices1795300000300 } from './1795300000300-devices.js';
import { Authorization1795300000400 } from './1795300000400-authorization.js';
import { AuditAndAdmin1795300000500 } from './1795300000500-audit-and-admin.js';
import { ProfilesAndLifecycle1795300000600 } from './1795300000600-profiles-and-lifecycle.js';
import { ActionGrants1795300000900 } from './1795300000900-action-grants.js';
import { ChallengeVersions1795300001000 } from './1795300001000-challenge-versions.js';
import { Departures1795300001100 } from './1795300001100-departures.js';

/** The tables of the database `identity`, in the order in which they are made. */
export const migrations = [
  Accounts1795219200000,
  Sessions1795219200001,
  SecondFactors1795300000000,
  Passkeys1795300000050,
  PasswordsAndAddresses1795300000100,
  CredentialVersions1795300000101,
  LegacyNames1795300000102,
  Providers1795300000200,
  Devices1795300000300,
  Authorization1795300000400,
  AuditAndAdmin1795300000500,
  ProfilesAndLifecycle1795300000600,
  ActionGrants1795300000900,
  ChallengeVersions1795300001000,
  Departures1795300001100,
];
