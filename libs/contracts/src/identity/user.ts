import { EmailAddress, Flag, Id, OneOf, Text, TextList, Timestamp } from '../fields.js';
import { pattern } from '../patterns.js';

/** What a username looks like; without `@`, so that no username is anybody's address. */
export const USERNAME = pattern(/^[\p{L}\p{N}_.-]{3,32}$/u, '3 to 32 letters, digits, _, . and -');

/** Text that may be looked up: no control characters, which no name has and Postgres partly refuses. */
export const PLAIN = pattern(/^\P{Cc}*$/u, 'text without control characters');

export const USER_STATUSES = ['online', 'away', 'busy', 'invisible'] as const;
export type UserStatus = (typeof USER_STATUSES)[number];

/** A person as the person sees it; the `user` member of a token answer. */
export class User {
  @Id() id!: string;
  @EmailAddress({ nullable: true }) email!: string | null;
  @Flag() email_verified!: boolean;
  @Text({ max: 64 }) username!: string;
  @Text({ nullable: true, max: 64 }) display_name!: string | null;
  @Text({ nullable: true, max: 2048 }) avatar_url!: string | null;
  @Text({ nullable: true, max: 1000 }) bio!: string | null;
  @OneOf(USER_STATUSES) status!: UserStatus;
  @TextList() roles!: string[];
  @Flag() is_admin!: boolean;
  @Flag() is_active!: boolean;
  @Text({ description: 'Plan in force: `unregistered`-level people have `free`.' }) plan!: string;
  @Timestamp({ nullable: true }) plan_expires_at!: string | null;
  @Timestamp() created_at!: string;
  @Timestamp({ nullable: true }) last_login!: string | null;
  @Flag({ optional: true, description: 'There, and true, while staff acts in the person’s name.' })
  impersonated?: boolean;
}
