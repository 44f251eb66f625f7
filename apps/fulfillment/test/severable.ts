export { severable, type Severable } from '../../../test/support/severable.js';
