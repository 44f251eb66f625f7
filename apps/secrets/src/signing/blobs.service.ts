import { Injectable } from '@nestjs/common';
import {
  ClaimsRefused,
  Refusal,
  type BlobOutcome,
  type Call,
  type SignBlobRequest,
  type SignBlobsRequest,
  type SignedBlob,
  type SignedBlobs,
} from '#contracts';
import { assembleBlob } from '#license-format';
import { AuditLog } from '../audit/audit-log.service.js';
import { callerOf } from '../audit/caller-of.js';
import { Keyring } from '../keys/keyring.service.js';
import { SecretsConfig } from '../secrets.config.js';
import { admitBlob } from './blob-policy.rules.js';

/** Signs license blobs. */
@Injectable()
export class BlobsService {
  constructor(
    private readonly keyring: Keyring,
    private readonly audit: AuditLog,
    private readonly config: SecretsConfig,
  ) {}

  /** @throws Refusal `sealed`, `claims_refused`; `unavailable` when the use cannot be recorded */
  async sign(request: SignBlobRequest, call: Call): Promise<SignedBlob> {
    const { kid, sign } = this.keyring.current('license_blob');
    const { licenseIssuer: issuer, licenseProduct: product } = this.config;
    const now = Math.floor(Date.now() / 1000);
    const input = admitBlob(request, { caller: call.caller, kid, issuer, product, now });
    const subject = `${request.license_key} ${request.jti}`;
    const [signature] = await Promise.all([
      sign(input),
      this.audit.append({ action: 'license_blob.sign', kid, subject, ...callerOf(call) }),
    ]);
    return { blob: assembleBlob(input, signature), kid };
  }
  /**
   * Signs many, each by the rules of one; their rows of the audit log go into one insert.
   * @throws Refusal `sealed`; `unavailable` when the use cannot be recorded, and then none leaves
   */
  async signAll({ blobs }: SignBlobsRequest, call: Call): Promise<SignedBlobs> {
    return { blobs: await Promise.all(blobs.map((one) => this.outcome(one, call))) };
  }

  private async outcome(request: SignBlobRequest, call: Call): Promise<BlobOutcome> {
    try {
      return { ...(await this.sign(request, call)), refused: null };
    } catch (error) {
      if (!(error instanceof Refusal) || !error.is(ClaimsRefused)) throw error;
      return { blob: null, kid: null, refused: error.message };
    }
  }
}
