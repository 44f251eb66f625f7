import { Injectable } from '@nestjs/common';
import { Forbidden, type Call, type DeriveMacKeyRequest, type MacKey } from '#contracts';
import { AuditLog } from '../audit/audit-log.service.js';
import { callerOf } from '../audit/caller-of.js';
import { KekProvider } from '../kek/kek-provider.js';
import { Keyring } from '../keys/keyring.service.js';

/** Who may have which keys derived; they are the callers' own, for tokens that nobody else reads. */
const CONTEXTS: Readonly<Record<string, readonly string[]>> = { identity: ['refresh_token', 'mail_token'] };

/** Derives symmetric keys that are bound to one caller and one context. */
@Injectable()
export class MacKeysService {
  constructor(
    private readonly keyring: Keyring,
    private readonly kek: KekProvider,
    private readonly audit: AuditLog,
  ) {}

  /** @throws Refusal `forbidden`, `sealed`; `unavailable` when the use cannot be recorded */
  async derive({ context }: DeriveMacKeyRequest, call: Call): Promise<MacKey> {
    if (!CONTEXTS[call.caller]?.includes(context)) throw Forbidden.with(`${call.caller} has no key of this context.`);
    this.keyring.assertOpen();
    const key = await this.kek.derive(['mac-key', call.caller, context]);
    await this.audit.append({ action: 'mac_key.derive', subject: context, ...callerOf(call) });
    return { key: key.toString('base64url') };
  }
}
