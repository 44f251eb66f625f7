import { Column, Entity, PrimaryColumn } from 'typeorm';
import { LicenseRecord, LicenseRevoked, type Tier } from '#contracts';
import { stamp } from '../clock/times.rules.js';
import { statusOf } from './license-status.rules.js';

/** A license that was signed and handed out. The row stays for good, whatever becomes of the license. */
@Entity('licenses')
export class LicenseEntity {
  @PrimaryColumn('text') license_key!: string;
  @Column('text') name!: string;
  @Column('text') email!: string;
  @Column('text') tier!: Tier;
  @Column('timestamptz') issued_at!: Date;
  @Column('timestamptz') expires_at!: Date;
  @Column('text') blob!: string;
  @Column('text') kid!: string;
  @Column('text', { nullable: true }) gumroad_order_id!: string | null;
  @Column('timestamptz', { nullable: true }) revoked_at!: Date | null;
  @Column('text', { nullable: true }) revoked_reason!: string | null;
  @Column('timestamptz', { nullable: true }) suspended_at!: Date | null;
  @Column('text', { nullable: true }) suspended_reason!: string | null;
  @Column('text', { nullable: true }) notes!: string | null;
  @Column('uuid', { nullable: true }) user_id!: string | null;
  @Column('uuid', { nullable: true }) issuance_id!: string | null;

  /** Ends it for good. @returns whether anything changed: the first reason stands. */
  revoke(now: Date, reason: string | null): boolean {
    if (this.revoked_at) return false;
    this.revoked_at = now;
    this.revoked_reason = reason;
    return true;
  }

  /** Takes it out of force while its order is disputed. @throws Refusal `license_revoked` */
  suspend(now: Date, reason: string): boolean {
    if (this.revoked_at) throw LicenseRevoked.with();
    if (this.suspended_at) return false;
    this.suspended_at = now;
    this.suspended_reason = reason;
    return true;
  }

  /** Puts it back in force. @throws Refusal `license_revoked` */
  restore(): boolean {
    if (this.revoked_at) throw LicenseRevoked.with();
    if (!this.suspended_at) return false;
    this.suspended_at = null;
    this.suspended_reason = null;
    return true;
  }

  toRecord(now: Date): LicenseRecord {
    const { license_key, tier, name, email, blob, gumroad_order_id, notes, user_id } = this;
    return Object.assign(new LicenseRecord(), {
      license_key,
      tier,
      issued_at: stamp(this.issued_at),
      expires_at: stamp(this.expires_at),
      status: statusOf(this, now),
      name,
      email,
      blob,
      gumroad_order_id,
      revoked_at: stamp(this.revoked_at),
      revoked_reason: this.revoked_reason,
      suspended_at: stamp(this.suspended_at),
      suspended_reason: this.suspended_reason,
      notes,
      user_id,
    });
  }
}
