import { Injectable } from '@nestjs/common';
import type { ImportedLegacyAccounts, ImportLegacyAccountsRequest, LegacyAccount, LegacyReport } from '#contracts';
import { asPhc } from '../passwords/imported-hash.rules.js';
import { readStoredHash } from '../passwords/stored-hash.rules.js';
import { LegacyImportRepository } from './legacy-import.repository.js';

/** Takes accounts of the old system over, and says how far they have moved. */
@Injectable()
export class LegacyImport {
  constructor(private readonly books: LegacyImportRepository) {}

  /** Within the open transaction. What cannot be taken is named; the rest is taken. */
  async take({ accounts }: ImportLegacyAccountsRequest): Promise<ImportedLegacyAccounts> {
    const result: ImportedLegacyAccounts = { added: 0, known: 0, rejected: [] };
    for (const [index, account] of accounts.entries()) {
      const hash = hashOf(account);
      if (hash === undefined) result.rejected.push({ index, detail: 'The hash is malformed, unknown or too costly.' });
      else if (await this.books.add({ ...account, ...hash })) result.added++;
      else result.known++;
    }
    return result;
  }

  report(): Promise<LegacyReport> {
    return this.books.report();
  }
}

/** The hash as it is stored; `undefined` when it could never be compared (R-PW12). */
function hashOf({ password_hash, password }: LegacyAccount): { hash?: string; algorithm?: string } | undefined {
  if (password_hash === undefined && password === undefined) return {};
  const hash = password_hash ?? asPhc(password!);
  const read = hash === undefined ? undefined : readStoredHash(hash);
  return read && { hash, algorithm: read.algorithm };
}
