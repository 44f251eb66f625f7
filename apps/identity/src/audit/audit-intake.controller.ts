import { Controller } from '@nestjs/common';
import { Listens, type EventMeta } from '#bus';
import {
  AuditReceived,
  EntitlementChecked,
  KeyRotated,
  LicenseClaimed,
  LicenseIssued,
  LicenseStatusChanged,
  type EntitlementCheckedData,
  type KeyRotatedData,
  type LicenseClaimedData,
  type LicenseIssuedData,
  type LicenseStatusChangedData,
} from '#contracts';
import { Outbox } from '#persistence';

/** Takes what other services tell into the audit log. It goes through the outbox, as everything in there does. */
@Controller()
export class AuditIntakeController {
  constructor(private readonly outbox: Outbox) {}

  @Listens(EntitlementChecked)
  entitlementChecked(data: EntitlementCheckedData, meta: EventMeta): Promise<void> {
    return this.take(meta, data, data.user_id);
  }

  @Listens(LicenseClaimed)
  claimed(data: LicenseClaimedData, meta: EventMeta): Promise<void> {
    return this.take(meta, data, data.user_id);
  }

  @Listens(LicenseIssued)
  issued(data: LicenseIssuedData, meta: EventMeta): Promise<void> {
    return this.take(meta, data);
  }

  @Listens(LicenseStatusChanged)
  changed(data: LicenseStatusChangedData, meta: EventMeta): Promise<void> {
    return this.take(meta, data);
  }

  @Listens(KeyRotated)
  rotated(data: KeyRotatedData, meta: EventMeta): Promise<void> {
    return this.take(meta, data);
  }

  private take({ event, id }: EventMeta, data: object, user_id: string | null = null): Promise<void> {
    const received = { event, event_id: id, user_id, data: { ...data } };
    return this.outbox.append(AuditReceived, received, { key: user_id ?? undefined });
  }
}
