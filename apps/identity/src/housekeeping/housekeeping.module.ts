import type { Feature } from '../feature.js';
import { Housekeeping } from './housekeeping.service.js';

export const housekeeping: Feature = {
  providers: [Housekeeping],
};
