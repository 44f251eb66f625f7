import { Injectable } from '@nestjs/common';
import { Bus } from '#bus';
import {
  SignBlob,
  ValidationFailed,
  type BlobHolderPage,
  type ListBlobHoldersRequest,
  type ReissueBlobsRequest,
  type ReissuedBlobs,
} from '#contracts';
import { Transactions } from '#persistence';
import { claimsOf } from '../licenses/blob-claims.rules.js';
import type { Issuance } from '../licenses/issuance.repository.js';
import { NewBlobsService } from '../renewal/new-blobs.service.js';
import { HoldersQueries } from './holders.queries.js';
import { ReissueTerms } from './reissue-terms.service.js';

const DEFAULT_BATCH = 100;

/** Signs blobs anew after a rotation, so that a key can go out of use without anybody noticing (LIC11). */
@Injectable()
export class ReissueService {
  constructor(
    private readonly tx: Transactions,
    private readonly bus: Bus,
    private readonly blobs: NewBlobsService,
    private readonly holders: HoldersQueries,
    private readonly terms: ReissueTerms,
  ) {}

  page(input: ListBlobHoldersRequest): Promise<BlobHolderPage> {
    return this.holders.page(input);
  }

  /** @throws Refusal `validation_failed` while the key is still the one that signs */
  async reissue({ kid, limit = DEFAULT_BATCH, mail = false }: ReissueBlobsRequest): Promise<ReissuedBlobs> {
    const keys = await this.holders.inForce(kid, limit);
    let reissued = 0;
    for (const key of keys) if (await this.one(key, kid, mail)) reissued += 1;
    return { reissued, remaining: await this.holders.countInForce(kid) };
  }

  private async one(key: string, kid: string, mail: boolean): Promise<boolean> {
    const issuance = await this.tx.run(() => this.begin(key, kid));
    if (!issuance) return false;
    const signed = await this.bus.send(SignBlob, claimsOf(issuance));
    if (signed.kid === kid) throw stillSigns(kid);
    return this.tx.run(() => this.finish(issuance, kid, { ...signed, reason: 'reissued', mail }));
  }

  /** @returns nothing when the license has changed since it was listed */
  private async begin(key: string, kid: string): Promise<Issuance | null> {
    const license = await this.blobs.lock(key);
    const terms = this.terms.of(license);
    return license.kid === kid && terms ? this.blobs.reserve(key, terms) : null;
  }

  /** A renewal may have been faster; its blob is the newer one and stays. */
  private async finish(
    issuance: Issuance,
    kid: string,
    blob: { blob: string; kid: string; reason: 'reissued'; mail: boolean },
  ): Promise<boolean> {
    const license = await this.blobs.lock(issuance.license_key);
    if (license.kid !== kid || license.expires_at.getTime() !== issuance.expires_at.getTime()) return false;
    await this.blobs.store(issuance, blob);
    return true;
  }
}

const stillSigns = (kid: string) =>
  ValidationFailed.with({
    detail: 'Mend these fields: kid.',
    errors: [{ field: 'kid', code: 'still_signs', detail: `${kid} is the key that signs; rotate it first.` }],
  });
