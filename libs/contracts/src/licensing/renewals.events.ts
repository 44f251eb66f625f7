import { event } from '../event.js';
import { Flag, OneOf, Text, Uuid } from '../fields.js';

export class LicenseBlobChangedData {
  @Text({ max: 64 }) license_key!: string;
  @Uuid({ description: 'The row of the issuance log; `jti` of the blob.' }) issuance_id!: string;
  @OneOf(['renewed', 'reissued', 'changed']) reason!: 'renewed' | 'reissued' | 'changed';
  @Flag({ description: 'Whether the holder is to be mailed.' }) mail!: boolean;
}
export const LicenseBlobChanged = event('licensing.license.blob_changed', {
  data: LicenseBlobChangedData,
  publicName: 'license.blob_changed',
  listeners: ['fulfillment'],
  summary: 'A license has a new blob: it was renewed, has other terms, or was signed anew after a rotation.',
});
