import { event } from '../event.js';
import { OneOf, Text } from '../fields.js';
import { KEY_PURPOSES } from './secrets.commands.js';

export class KeyRotatedData {
  @Text({ max: 64 }) kid!: string;
  @OneOf(KEY_PURPOSES) purpose!: string;
}
export class CertificatePublishedData {
  @Text({ max: 64 }) kid!: string;
  @Text({ max: 64 }) root!: string;
}
export const CertificatePublished = event('secrets.certificate.published', {
  data: CertificatePublishedData,
  watchers: ['gateway'],
  summary: 'There is a new certificate of a key; caches of keys are read again.',
});

export const KeyRotated = event('secrets.key.rotated', {
  data: KeyRotatedData,
  listeners: ['identity'],
  watchers: ['gateway', 'realtime', 'secrets'],
  summary: 'There is a new signing key; caches of keys are read again.',
});
