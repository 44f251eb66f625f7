import { readFileSync } from 'node:fs';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ValidationFailed, type RoleList, type Role } from '#contracts';
import { IdentityConfig } from '../identity.config.js';
import { readRolesFile } from './roles-file.rules.js';

/** Which roles there are, and what each allows. */
@Injectable()
export class Roles implements OnModuleInit {
  private roles: Role[] = [];

  constructor(private readonly config: IdentityConfig) {}

  onModuleInit(): void {
    const { rolesFile } = this.config;
    this.roles = readRolesFile(readFileSync(rolesFile, 'utf8'), rolesFile);
  }

  list(): RoleList {
    return { roles: this.roles };
  }

  /** What the holder of these roles may do; a role that there is no more allows nothing. */
  permissionsOf(roles: readonly string[]): Set<string> {
    return new Set(this.roles.filter((role) => roles.includes(role.name)).flatMap((role) => role.permissions));
  }

  /** Whether whoever has `own` may do everything that whoever has `others` may. */
  cover(own: readonly string[], others: readonly string[]): boolean {
    const mine = this.permissionsOf(own);
    return [...this.permissionsOf(others)].every((permission) => mine.has(permission));
  }

  /** @throws Refusal `validation_failed` that names those that there are not */
  assertKnown(roles: readonly string[], field: string): void {
    const unknown = roles.filter((name) => !this.roles.some((role) => role.name === name));
    if (!unknown.length) return;
    const detail = `There is no role ${unknown.join(', ')}; there are ${this.roles.map((r) => r.name).join(', ')}.`;
    throw ValidationFailed.with({ detail, errors: [{ field, code: 'not_allowed', detail }] });
  }
}
