import { command } from '../command.js';
import { Text, Timestamp } from '../fields.js';
import { NotFound, ValidationFailed } from '../general.errors.js';

export class PublishCertificateRequest {
  @Text({
    max: 1_536,
    description: '`DTKEY1:…`: what an offline root says of a key that signs license blobs (`gatehouse keys certify`).',
  })
  certificate!: string;
}

export class PublishedCertificate {
  @Text({ max: 64, description: 'The key that it is about.' }) kid!: string;
  @Text({ max: 64, description: 'The root that signed it.' }) root!: string;
  @Timestamp() not_before!: string;
  @Timestamp() not_after!: string;
  @Text({ max: 1_536 }) certificate!: string;
}

export const PublishCertificate = command('secrets.certificate.publish', {
  request: PublishCertificateRequest,
  response: PublishedCertificate,
  errors: [ValidationFailed, NotFound],
  permission: 'internal:keys.import',
  summary: 'Has a key certificate handed out with the public keys; a newer one of the same root takes its place.',
});
