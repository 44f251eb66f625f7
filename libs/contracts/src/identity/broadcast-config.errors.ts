import { error } from '../errors.js';

export const UnknownPreset = error('unknown_preset', 'invalid', 'There is no such preset.');
