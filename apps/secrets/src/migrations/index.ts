import { Keyring1795219200000 } from './1795219200000-keyring.js';
import { DeviceKeys1795300000300 } from './1795300000300-device-keys.js';
import { KeySlots1795300000400 } from './1795300000400-key-slots.js';
import { Vault1795300000500 } from './1795300000500-vault.js';
import { Streams1795300000510 } from './1795300000510-streams.js';
import { ChatSources1795300000520 } from './1795300000520-chat-sources.js';
import { KeyRotation1795300000530 } from './1795300000530-key-rotation.js';
import { KeyHolders1795300000540 } from './1795300000540-key-holders.js';
import { RotationTargets1795300001400 } from './1795300001400-rotation-targets.js';
import { OperatorSeal1795300001410 } from './1795300001410-operator-seal.js';
import { AccountClosures1795300001500 } from './1795300001500-account-closures.js';
import { KeyCertificates1795300001510 } from './1795300001510-key-certificates.js';
import { AuditBacklog1795300001540 } from './1795300001540-audit-backlog.js';
import { KeysToDestroy1795300001550 } from './1795300001550-keys-to-destroy.js';

/** The schema of the secrets service, oldest first. */
export const migrations = [
  Keyring1795219200000,
  DeviceKeys1795300000300,
  KeySlots1795300000400,
  Vault1795300000500,
  Streams1795300000510,
  ChatSources1795300000520,
  KeyRotation1795300000530,
  KeyHolders1795300000540,
  RotationTargets1795300001400,
  OperatorSeal1795300001410,
  AccountClosures1795300001500,
  KeyCertificates1795300001510,
  AuditBacklog1795300001540,
  KeysToDestroy1795300001550,
];
