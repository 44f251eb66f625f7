import { Injectable } from '@nestjs/common';
import { Log } from '#boot';
import type { EraseCustomerRequest, ErasedCustomer } from '#contracts';
import { EntitlementsService } from '../entitlements/entitlements.service.js';
import { ErasureRepository, type ErasedLicenses } from './erasure.repository.js';

/** Erases buyers by address, whether or not they have an account. */
@Injectable()
export class CustomerErasureService {
  constructor(
    private readonly books: ErasureRepository,
    private readonly entitlements: EntitlementsService,
    private readonly log: Log,
  ) {}

  /** Within the command's transaction. An account stays; it no longer owns what was sold to the address. */
  async erase({ email, dry_run }: EraseCustomerRequest): Promise<ErasedCustomer> {
    if (dry_run) return shown(await this.books.count(email));
    await this.books.rememberErased(email);
    const erased = await this.books.anonymizeLicenses({ user_id: null, email });
    for (const owner of erased.owners.toSorted()) await this.entitlements.recompute(owner);
    const { licenses, issuances } = erased;
    this.log.info('a buyer was erased by address', { licenses, issuances });
    return shown(erased);
  }
}

const shown = ({ licenses, issuances }: ErasedLicenses): ErasedCustomer => ({
  rows: [
    { kind: 'licenses', rows: licenses },
    { kind: 'license_issuances', rows: issuances },
  ],
});
