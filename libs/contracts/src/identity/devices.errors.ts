import { error } from '../errors.js';

export const CodeInvalid = error('code_invalid', 'invalid', 'The code is not valid, was used before, or has expired.');
export const TooManyDevices = error('too_many_devices', 'conflict', 'There are too many paired devices; remove one.');
