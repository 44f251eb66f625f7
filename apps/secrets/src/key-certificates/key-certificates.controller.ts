import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import { PublishCertificate, type Call, type PublishCertificateRequest, type PublishedCertificate } from '#contracts';
import { callerOf } from '../audit/caller-of.js';
import { KeyCertificates } from './key-certificates.service.js';

@Controller()
export class KeyCertificatesController {
  constructor(private readonly certificates: KeyCertificates) {}

  @Handles(PublishCertificate)
  publish({ certificate }: PublishCertificateRequest, call: Call): Promise<PublishedCertificate> {
    return this.certificates.publish(certificate, callerOf(call));
  }
}
