import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Health } from '#boot';
import { Bus } from '#bus';
import { ListRoles, Unavailable, type PermissionName } from '#contracts';

const RETRY_MS = 500;
/** Roles change with a release of identity; a gateway that was not restarted hears of it here. */
const AGAIN_MS = 30_000;

/** Which role has which permission, as identity has read it from its file. Without it nobody has any. */
@Injectable()
export class RoleTable implements OnApplicationBootstrap, OnApplicationShutdown {
  private permissions?: Map<string, ReadonlySet<string>>;
  private timer?: NodeJS.Timeout;
  private stopped = false;

  constructor(
    private readonly bus: Bus,
    private readonly health: Health,
  ) {}

  onApplicationBootstrap(): void {
    this.health.register('roles', () => {
      if (!this.permissions) throw new Error('the roles have not come from identity yet');
    });
    this.bus.onReconnect(() => this.reload());
    void this.keepUp();
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** @throws Refusal `unavailable` before the table is there */
  permits(roles: readonly string[], permission: PermissionName): boolean {
    if (!this.permissions) throw Unavailable.with({ retry_after: 1 });
    return roles.some((role) => this.permissions!.get(role)?.has(permission));
  }

  async reload(): Promise<void> {
    const { roles } = await this.bus.send(ListRoles, {});
    this.permissions = new Map(roles.map((role) => [role.name, new Set(role.permissions)]));
  }

  /** What is known stays in force while identity does not answer. */
  private async keepUp(): Promise<void> {
    const known = await this.reload().then(
      () => true,
      () => false,
    );
    if (this.stopped) return;
    this.timer = setTimeout(() => void this.keepUp(), known || this.permissions ? AGAIN_MS : RETRY_MS).unref();
  }
}
