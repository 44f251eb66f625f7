import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { SecurityNotice } from '#contracts';
import type { MailTokenKind } from './mail-token.rules.js';

/** A token that was mailed, known here by hash only. */
@Entity('one_time_tokens')
export class OneTimeToken {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') kind!: MailTokenKind;
  @Column('uuid') user_id!: string;
  /** The address that it was mailed to, and proves. */
  @Column('text') email!: string;
  @Column('bytea') token_hash!: Buffer;
  @Column('timestamptz') created_at!: Date;
  @Column('timestamptz') expires_at!: Date;
  @Column('timestamptz', { nullable: true }) consumed_at!: Date | null;
  /** Set when a newer one was issued. */
  @Column('timestamptz', { nullable: true }) voided_at!: Date | null;
  /** The session that asked for it, or that it is about. */
  @Column('uuid', { nullable: true }) session_id!: string | null;
  /** What a notice is about. */
  @Column('text', { nullable: true }) notice!: SecurityNotice | null;

  /** Whether it could be consumed at that moment. */
  isOpen(now: Date): boolean {
    return !this.consumed_at && !this.voided_at && this.expires_at > now;
  }
}
