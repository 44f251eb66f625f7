import { Injectable } from '@nestjs/common';
import { LicenseBlobChanged, NotFound } from '#contracts';
import { Outbox } from '#persistence';
import { Clock } from '../clock/clock.service.js';
import { EntitlementsService } from '../entitlements/entitlements.service.js';
import type { Issuance } from '../licenses/issuance.repository.js';
import { RenewalsRepository, type NewBlobTerms, type Renewable } from './renewals.repository.js';

interface NewBlob {
  blob: string;
  kid: string;
  reason: 'renewed' | 'reissued' | 'changed';
  mail: boolean;
}

/** Replaces the blob of a license by one that the log knows of. */
@Injectable()
export class NewBlobsService {
  constructor(
    private readonly books: RenewalsRepository,
    private readonly entitlements: EntitlementsService,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /** @throws Refusal `not_found` */
  async lock(license_key: string): Promise<Renewable> {
    const license = await this.books.lock(license_key);
    if (!license) throw NotFound.with('There is no license with this key.');
    return license;
  }

  open(license_key: string): Promise<Issuance | undefined> {
    return this.books.open(license_key);
  }

  reserve(license_key: string, terms: NewBlobTerms): Promise<Issuance> {
    return this.books.reserve(license_key, terms);
  }

  /** Within the transaction that has locked the license. A parallel try of the same issuance changes nothing. */
  async store(issuance: Issuance, { blob, kid, reason, mail }: NewBlob): Promise<void> {
    const now = this.clock.now();
    if (!(await this.books.complete(issuance.id, kid, now))) return;
    await this.books.store(issuance, blob, kid, reason === 'renewed' ? now : null);
    const { license_key } = issuance;
    await this.outbox.append(
      LicenseBlobChanged,
      { license_key, issuance_id: issuance.id, reason, mail },
      { key: license_key },
    );
    const { user_id } = await this.lock(license_key);
    if (user_id) await this.entitlements.recompute(user_id);
  }
}
