import { Injectable } from '@nestjs/common';
import { LegacyPasswords } from '../legacy/legacy-passwords.service.js';
import { Passwords, type PasswordCheck } from '../passwords/passwords.service.js';
import { CredentialsRepository, type Credentials, type Lookup, type TypedName } from './credentials.repository.js';

/** What a comparison of name and password has found. */
export interface CheckedCredentials extends PasswordCheck {
  found?: Credentials;
}

/** Finds the account of a name and compares the password, with that of the old system if ours does not match. */
@Injectable()
export class CredentialCheck {
  constructor(
    private readonly credentials: CredentialsRepository,
    private readonly passwords: Passwords,
    private readonly legacy: LegacyPasswords,
  ) {}

  find(typed: TypedName): Promise<Lookup> {
    return this.credentials.find(typed);
  }

  /**
   * Whatever fails costs the same work. @param counts whether a right password may do anything
   * @throws Refusal `overloaded`
   */
  async compare(
    { found }: Lookup,
    typed: TypedName,
    { password, deadline, counts }: { password: string; deadline: number; counts: boolean },
  ): Promise<CheckedCredentials> {
    const own = await this.passwords.check(found?.password_hash, password, deadline);
    if (own.matches) return { found, ...own };
    const matchedOld = await this.legacy.open({ typed: typed.typed, name: typed.name, password, deadline, counts });
    // It may have moved here or, between our looks at the one and the other, by a sign-in at the same time; or the
    // account may not have it. Who fails is looked up twice, whoever it is.
    const { found: now } = await this.credentials.find(typed);
    const isAnother = now?.password_hash !== found?.password_hash;
    if (!matchedOld && !isAnother) return { found, matches: false, outdated: false };
    return { found: now, ...(await this.passwords.check(now?.password_hash, password, deadline)) };
  }

  /** Today’s hash of a password. An overload must not turn away who has proven to be the right one: then nothing. */
  rehash(password: string, deadline: number): Promise<string | undefined> {
    return this.passwords.hash(password, deadline).catch(() => undefined);
  }

  /** Replaces a hash unless it was changed meanwhile. */
  replaceHash(found: Credentials, newHash: string): Promise<void> {
    return this.credentials.replaceHash(found, newHash);
  }
}
