import { Injectable } from '@nestjs/common';
import { CertificatePublished, NotFound, ValidationFailed, type PublishedCertificate } from '#contracts';
import { LAST_SECOND, parseCertificate, type KeyCertificate } from '#license-format';
import { Outbox } from '#persistence';
import { AuditLog } from '../audit/audit-log.service.js';
import { SecretsConfig } from '../secrets.config.js';
import type { Use } from '../vault/vault.service.js';
import { KeyCertificatesRepository } from './key-certificates.repository.js';

/**
 * Hands out what offline roots say of the keys that sign license blobs. Whether a certificate is genuine is for
 * applications to judge: they know their roots, and nothing here does.
 */
@Injectable()
export class KeyCertificates {
  constructor(
    private readonly stored: KeyCertificatesRepository,
    private readonly config: SecretsConfig,
    private readonly audit: AuditLog,
    private readonly outbox: Outbox,
  ) {}

  /**
   * In the open transaction. The same one again is no harm, and an older one changes nothing.
   * @throws Refusal `validation_failed` for what no application would take; `not_found` when its key is not known
   */
  async publish(certificate: string, by: Omit<Use, 'action'>): Promise<PublishedCertificate> {
    const { sub: kid, kid: root, key, iat, nbf, exp } = await this.checked(certificate);
    const notAfter = timeOf(exp);
    if (await this.stored.put({ kid, root, key, certificate, issuedAt: timeOf(iat), notAfter })) {
      await this.audit.append({ action: 'key.certify', kid, subject: root, ...by });
      await this.outbox.append(CertificatePublished, { kid, root });
    }
    return { kid, root, certificate, not_before: timeOf(nbf).toISOString(), not_after: notAfter.toISOString() };
  }

  private async checked(text: string): Promise<KeyCertificate> {
    const parsed = parseCertificate(text);
    if ('problem' in parsed) throw refused(`This is no certificate: ${parsed.problem}.`);
    const { certificate } = parsed;
    const { licenseIssuer, licenseProduct } = this.config;
    if (certificate.iss !== licenseIssuer)
      throw refused(`It names the issuer ${certificate.iss}, not ${licenseIssuer}.`);
    if (certificate.prod !== licenseProduct) throw refused(`It is for ${certificate.prod}, not for ${licenseProduct}.`);
    if (Math.max(certificate.iat, certificate.nbf, certificate.exp) > LAST_SECOND) {
      throw refused('Its times lie beyond the year 9999.');
    }
    if (certificate.exp * 1_000 <= Date.now()) throw refused('It has expired; make another one.');
    await this.assertOurs(certificate);
    return certificate;
  }

  private async assertOurs({ sub, key }: KeyCertificate): Promise<void> {
    const known = await this.stored.licenseKey(sub);
    if (!known) throw NotFound.with(`There is no license key ${sub}.`);
    if (known.x !== key) throw refused(`It vouches for another key by the name of ${sub}.`);
    if (known.state === 'retired' || known.state === 'compromised') throw refused(`The key ${sub} is ${known.state}.`);
  }
}

const timeOf = (seconds: number): Date => new Date(seconds * 1_000);

const refused = (detail: string) =>
  ValidationFailed.with({ detail, errors: [{ field: 'certificate', code: 'invalid', detail }] });
