import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Forbidden, type Call, type DeriveMacKeyRequest, type MacKey } from '#contracts';
import { AuditLog } from '../audit/audit-log.service.js';
import { callerOf } from '../audit/caller-of.js';
import { DataKeysService } from '../kek/data-keys.service.js';
import { Keks } from '../kek/keks.js';
import { LocalKek } from '../kek/local-kek.js';
import { Keyring } from '../keys/keyring.service.js';

/** Who may have which keys derived; they are the callers' own, for tokens that nobody else reads. */
const CONTEXTS: Readonly<Record<string, readonly string[]>> = { identity: ['refresh_token', 'mail_token'] };

/** Symmetric keys that are bound to one caller and one context, the same for ever. */
@Injectable()
export class MacKeysService {
  constructor(
    private readonly keyring: Keyring,
    private readonly keks: Keks,
    private readonly dataKeys: DataKeysService,
    private readonly audit: AuditLog,
  ) {}

  /** @throws Refusal `forbidden`, `sealed`; `unavailable` when the use cannot be recorded */
  async derive({ context }: DeriveMacKeyRequest, call: Call): Promise<MacKey> {
    if (!CONTEXTS[call.caller]?.includes(context)) throw Forbidden.with(`${call.caller} has no key of this context.`);
    this.keyring.assertOpen();
    const owner = { ownerType: 'gatehouse', ownerId: 'mac-key', purpose: `${call.caller}.${context}` };
    const { key } = await this.dataKeys.obtain(owner, () => this.first(call.caller, context));
    await this.audit.append({ action: 'mac_key.derive', subject: context, ...callerOf(call) });
    return { key: key.toString('base64url') };
  }

  /** Kept from then on, wrapped like every other key, so that it outlives the key-encryption key. */
  private async first(caller: string, context: string): Promise<Buffer> {
    const { current } = this.keks;
    return current instanceof LocalKek ? current.derive(['mac-key', caller, context]) : randomBytes(32);
  }
}
