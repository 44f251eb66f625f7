import { Injectable } from '@nestjs/common';
import { ClaimsRefused, type Call, type SignedRevocationList, type SignRevocationListRequest } from '#contracts';
import { assembleRevocations, revocationsInput } from '#license-format';
import { AuditLog } from '../audit/audit-log.service.js';
import { callerOf } from '../audit/caller-of.js';
import { Keyring } from '../keys/keyring.service.js';
import { SecretsConfig } from '../secrets.config.js';

/** Signs lists of licenses that are out of force, with the key that signs licenses. */
@Injectable()
export class RevocationListsService {
  constructor(
    private readonly keyring: Keyring,
    private readonly audit: AuditLog,
    private readonly config: SecretsConfig,
  ) {}

  /** @throws Refusal `sealed`, `claims_refused`; `unavailable` when the use cannot be recorded */
  async sign(request: SignRevocationListRequest, call: Call): Promise<SignedRevocationList> {
    const { kid, sign } = this.keyring.current('license_blob');
    const input = this.admit(request, kid);
    const subject = `number ${request.seq}, ${request.keys.length} licenses`;
    const [signature] = await Promise.all([
      sign(input),
      this.audit.append({ action: 'revocation_list.sign', kid, subject, ...callerOf(call) }),
    ]);
    return { list: assembleRevocations(input, signature), kid };
  }

  private admit({ seq, iat, next, keys }: SignRevocationListRequest, kid: string): Uint8Array {
    const { licenseIssuer: iss, licenseProduct: prod } = this.config;
    try {
      return revocationsInput({ v: 1, kid, iss, prod, seq, iat, next, keys });
    } catch (error) {
      if (error instanceof RangeError) throw ClaimsRefused.with(`The list cannot be written: ${error.message}.`);
      throw error;
    }
  }
}
