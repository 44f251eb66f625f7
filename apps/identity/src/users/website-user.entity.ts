import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { User, UserStatus } from '#contracts';

/** An account: a row of `website_users`. */
@Entity('website_users')
export class WebsiteUser {
  @PrimaryColumn('uuid') id!: string;
  @Column('text', { nullable: true }) email!: string | null;
  @Column('text') username!: string;
  @Column('text', { nullable: true }) display_name!: string | null;
  @Column('text', { nullable: true }) avatar_url!: string | null;
  @Column('text', { nullable: true }) bio!: string | null;
  @Column('text') status!: UserStatus;
  @Column('text', { array: true }) roles!: string[];
  @Column('boolean') is_active!: boolean;
  @Column('timestamptz', { nullable: true }) email_verified_at!: Date | null;
  @Column('text', { nullable: true }) password_hash!: string | null;
  @Column('text') plan!: string;
  @Column('text', { array: true }) plan_features!: string[];
  @Column('timestamptz', { nullable: true }) plan_expires_at!: Date | null;
  @Column('integer') entitlement_version!: number;
  @Column('timestamptz', { nullable: true }) last_login_at!: Date | null;
  @Column('timestamptz', { nullable: true }) last_seen_at!: Date | null;
  @Column('timestamptz', { nullable: true }) left_at!: Date | null;
  @Column('timestamptz') created_at!: Date;
  @Column('timestamptz') updated_at!: Date;
  @Column('timestamptz', { nullable: true }) deleted_at!: Date | null;
}

/** Columns that a person may see of the own account: all that {@link viewOf} needs. */
export const VIEW_COLUMNS = [
  'id',
  'email',
  'username',
  'display_name',
  'avatar_url',
  'bio',
  'status',
  'roles',
  'is_active',
  'email_verified_at',
  'plan',
  'plan_expires_at',
  'created_at',
  'last_login_at',
] as const;

export type UserColumns = Pick<WebsiteUser, (typeof VIEW_COLUMNS)[number]>;

/** `u.id, u.email, …` for statements that read an account under the alias `u`. */
export const viewColumns = (alias: string): string => VIEW_COLUMNS.map((column) => `${alias}.${column}`).join(', ');

export const ADMIN_ROLE = 'admin';

/** The account as its person sees it. */
export const viewOf = (row: UserColumns): User => ({
  id: row.id,
  email: row.email,
  email_verified: row.email_verified_at !== null,
  username: row.username,
  display_name: row.display_name,
  avatar_url: row.avatar_url,
  bio: row.bio,
  status: row.status,
  roles: row.roles,
  is_admin: row.roles.includes(ADMIN_ROLE),
  is_active: row.is_active,
  plan: row.plan,
  plan_expires_at: row.plan_expires_at?.toISOString() ?? null,
  created_at: row.created_at.toISOString(),
  last_login: row.last_login_at?.toISOString() ?? null,
});
