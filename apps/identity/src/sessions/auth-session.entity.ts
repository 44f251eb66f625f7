import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Session } from '#contracts';

/** One sign-in of one account at one client; its refresh token is known here by hash only. */
@Entity('auth_sessions')
export class AuthSession {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid') user_id!: string;
  @Column('text') client_id!: string;
  @Column('text', { nullable: true }) device_id!: string | null;
  @Column('bytea', { nullable: true }) refresh_token_hash!: Buffer | null;
  @Column('integer') generation!: number;
  @Column('timestamptz', { nullable: true }) rotated_at!: Date | null;
  @Column('text', { nullable: true }) user_agent!: string | null;
  @Column('text', { nullable: true }) ip!: string | null;
  @Column('text', { array: true }) amr!: string[];
  @Column('timestamptz') auth_time!: Date;
  /** What an application was allowed; null where the person signed in for everything. */
  @Column('text', { array: true, nullable: true }) scopes!: string[] | null;
  @Column('timestamptz') created_at!: Date;
  @Column('timestamptz') last_used_at!: Date;
  /** When it ends unless it is used before. */
  @Column('timestamptz') idle_expires_at!: Date;
  /** When it ends however often it is used. */
  @Column('timestamptz') expires_at!: Date;
  @Column('timestamptz', { nullable: true }) revoked_at!: Date | null;
  @Column('text', { nullable: true }) revoked_reason!: string | null;
  /** The member of staff whose session in the person's name it is. */
  @Column('uuid', { nullable: true }) impersonated_by!: string | null;

  /** The session as its person sees it in the list of the own sessions. */
  view(currentId: string): Session {
    return {
      id: this.id,
      client_id: this.client_id,
      user_agent: this.user_agent,
      ip: this.ip,
      created_at: this.created_at.toISOString(),
      last_used_at: this.last_used_at.toISOString(),
      expires_at: endOf(this).toISOString(),
      current: this.id === currentId,
      ...(this.impersonated_by ? { impersonated_by: this.impersonated_by } : {}),
    };
  }
}

/** When a session ends if nobody uses it any more: the earlier of its two expiries. */
export const endOf = (session: { idle_expires_at: Date; expires_at: Date }): Date =>
  session.idle_expires_at < session.expires_at ? session.idle_expires_at : session.expires_at;
