import { Keyring1795219200000 } from './1795219200000-keyring.js';
import { DeviceKeys1795300000300 } from './1795300000300-device-keys.js';

/** The schema of the secrets service, oldest first. */
export const migrations = [Keyring1795219200000, DeviceKeys1795300000300];
