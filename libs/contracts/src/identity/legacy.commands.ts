import { command } from '../command.js';
import { Empty } from '../empty.js';
import { EmailAddress, Int, Json, NestedList, SecretText, Text, Timestamp } from '../fields.js';
import { ValidationFailed } from '../general.errors.js';
import { PLAIN } from './user.js';

export class LegacyAccount {
  @Text({ max: 128, pattern: PLAIN, description: 'Its id in the old system.' }) id!: string;
  @EmailAddress({ optional: true }) email?: string;
  @Text({ optional: true, max: 64, pattern: PLAIN }) username?: string;
  @SecretText({
    optional: true,
    max: 2048,
    description: 'bcrypt, or PHC of argon2, scrypt or PBKDF2. This or `password`.',
  })
  password_hash?: string;
  @Json({
    optional: true,
    description:
      '`{ algo, params }`: `algo` is `bcrypt` (`params: { hash }`), `scrypt` (`{ N, r, p, salt, hash }`), `pbkdf2` ' +
      '(`{ digest, iterations, salt, hash }`) or `argon2id` (`{ m, t, p, salt, hash }`), with `salt` and `hash` in base64.',
  })
  password?: Record<string, unknown>;
}

export class ImportLegacyAccountsRequest {
  @NestedList(() => LegacyAccount, { max: 1_000 }) accounts!: LegacyAccount[];
}

export class RejectedLegacyAccount {
  @Int({ min: 0, description: 'Its place in the request, from 0.' }) index!: number;
  @Text({ max: 255 }) detail!: string;
}

export class ImportedLegacyAccounts {
  @Int({ min: 0 }) added!: number;
  @Int({ min: 0, description: 'Were there already and stay as they are.' }) known!: number;
  @NestedList(() => RejectedLegacyAccount) rejected!: RejectedLegacyAccount[];
}

export const ImportLegacyAccounts = command('identity.legacy.import', {
  request: ImportLegacyAccountsRequest,
  response: ImportedLegacyAccounts,
  errors: [ValidationFailed],
  permission: 'internal:legacy.import',
  timeoutMs: 20_000,
  summary: 'Takes over accounts of the old system with their password hashes, at most 1,000 a time; again: no change.',
});

export class LegacyAlgorithmCount {
  @Text({ max: 32 }) algorithm!: string;
  @Int({ min: 0 }) accounts!: number;
}

export class LegacyReport {
  @Int({ min: 0 }) accounts!: number;
  @Int({ min: 0, description: 'Stand for an account here.' }) bridged!: number;
  @Int({ min: 0, description: 'Came with a password.' }) with_password!: number;
  @Int({ min: 0, description: 'Have signed in since; the old hash is gone.' }) rehashed!: number;
  @NestedList(() => LegacyAlgorithmCount, { description: 'Old hashes that are still there.' })
  remaining!: LegacyAlgorithmCount[];
  @Timestamp({ nullable: true }) last_bridged_at!: string | null;
}

export const ReportLegacyAccounts = command('identity.legacy.report', {
  request: Empty,
  response: LegacyReport,
  permission: 'internal:legacy.read',
  summary: 'How far the old system’s accounts have moved.',
});
