import { Injectable } from '@nestjs/common';
import { Clients } from '../clients/clients.service.js';
import { IdentityConfig } from '../identity.config.js';
import { BreachCheck } from './breach-check.service.js';
import { assertStrongPassword, tooWeak } from './password.rules.js';
import { Passwords } from './passwords.service.js';

/** Takes passwords that somebody wants to have from now on. */
@Injectable()
export class NewPasswords {
  constructor(
    private readonly config: IdentityConfig,
    private readonly clients: Clients,
    private readonly passwords: Passwords,
    private readonly breaches: BreachCheck,
  ) {}

  /**
   * @param words what an attacker would try for this person; the products' names are known here
   * @param field the member of the request that it came in
   * @throws Refusal `password_too_weak`
   */
  async assertStrong(password: string, words: string[], field = 'password'): Promise<void> {
    const context = [...words, ...this.clients.productNames];
    assertStrongPassword(password, { minLength: this.config.passwordMinLength, words: context }, field);
    if (!(await this.breaches.knows(password))) return;
    throw tooWeak(field, 'breached', 'This password was stolen somewhere and is on lists; use another one.');
  }

  /** @throws Refusal `overloaded` */
  hash(password: string, deadline: number): Promise<string> {
    return this.passwords.hash(password, deadline);
  }
}
