import { Injectable } from '@nestjs/common';
import { Clients } from '../clients/clients.service.js';
import { IdentityConfig } from '../identity.config.js';
import { assertStrongPassword } from './password.rules.js';
import { Passwords } from './passwords.service.js';

/** Takes passwords that somebody wants to have from now on. */
@Injectable()
export class NewPasswords {
  constructor(
    private readonly config: IdentityConfig,
    private readonly clients: Clients,
    private readonly passwords: Passwords,
  ) {}

  /**
   * @param words what an attacker would try for this person; the products' names are known here
   * @throws Refusal `password_too_weak`
   */
  assertStrong(password: string, words: string[]): void {
    const context = [...words, ...this.clients.productNames];
    assertStrongPassword(password, { minLength: this.config.passwordMinLength, words: context });
  }

  /** @throws Refusal `overloaded` */
  hash(password: string, deadline: number): Promise<string> {
    return this.passwords.hash(password, deadline);
  }
}
