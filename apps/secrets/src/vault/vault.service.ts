import { Injectable } from '@nestjs/common';
import { Log, Metrics } from '#boot';
import { IntegrityFailed } from '#contracts';
import { AuditLog } from '../audit/audit-log.service.js';
import { dataKeyIdOf, IntegrityError, open, seal, type RecordContext } from '../kek/envelope.js';
import { Keyring } from '../keys/keyring.service.js';
import { OwnerKeys } from './owner-keys.service.js';

/** A field of somebody's record, and what it is kept for. */
export interface Place extends RecordContext {
  purpose: string;
}

/** A value, and whether its data key was replaced. */
export interface OpenedValue {
  plaintext: string;
  stale: boolean;
}

/** On whose behalf a value is used, for the audit log. */
export interface Use {
  action: string;
  caller: string;
  requestId?: string;
}

/** Seals and opens values. Every value that is opened has its row in the audit log before it is returned. */
@Injectable()
export class Vault {
  private readonly broken;

  constructor(
    private readonly keyring: Keyring,
    private readonly keys: OwnerKeys,
    private readonly audit: AuditLog,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.broken = metrics.counter(
      'gatehouse_integrity_failures_total',
      'Stored secrets that were changed or stood in another place than their own.',
      ['record_type'],
    );
  }

  /** @throws Refusal `sealed`, `gone`, `unavailable` */
  async seal(place: Place, plaintext: string, use: Use): Promise<Buffer> {
    this.keyring.assertOpen();
    const [envelope] = await Promise.all([
      this.keys.seal(place, (key) => seal(key, place, Buffer.from(plaintext, 'utf8'))),
      this.audit.append({ ...use, subject: subjectOf(place) }),
    ]);
    return envelope;
  }

  /** @throws Refusal `integrity`, `gone`, `sealed`; `unavailable` when the use cannot be recorded or the key not opened */
  async open(place: Place, envelope: Uint8Array, use: Use): Promise<string> {
    return (await this.read(place, envelope, use)).plaintext;
  }

  /** Like {@link open}, and tells whether the value should be sealed anew. */
  async read(place: Place, envelope: Uint8Array, use: Use): Promise<OpenedValue> {
    this.keyring.assertOpen();
    const subject = subjectOf(place);
    try {
      const opened = await this.decrypt(place, envelope);
      await this.audit.append({ ...use, subject });
      return opened;
    } catch (error) {
      if (!(error instanceof IntegrityError)) throw error;
      this.broken.inc({ record_type: place.recordType });
      this.log.error('a stored secret is not what was stored', { audit: 'integrity', action: use.action, subject });
      await this.audit.append({ ...use, action: `${use.action}.integrity`, subject });
      throw IntegrityFailed.with();
    }
  }

  private async decrypt(place: Place, envelope: Uint8Array): Promise<OpenedValue> {
    return this.keys.open(dataKeyIdOf(envelope), place, (key, stale) => {
      const bytes = open(key, place, envelope);
      const plaintext = bytes.toString('utf8');
      bytes.fill(0);
      return { plaintext, stale };
    });
  }
}

const subjectOf = ({ recordType, recordId, field, version }: Place): string =>
  `${recordType} ${recordId} ${field} ${version}`;
