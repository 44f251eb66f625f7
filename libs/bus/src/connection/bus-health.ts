import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Health, Log, Metrics } from '#boot';
import { BusConnection } from './bus-connection.js';
import { missingPermissions } from './own-permissions.js';

/** How old the broker's answer may be: while something is wrong, and while all is well. */
const STALE_MS = { unsure: 1_000, sound: 15_000 };

/** Not ready while the broker is away or refuses something that the app cannot do without. */
@Injectable()
export class BusHealth implements OnModuleInit {
  private missing?: string[];
  private asked = -Infinity;
  private told = '';
  private readonly parts: (() => string[])[] = [];

  constructor(
    private readonly link: BusConnection,
    private readonly health: Health,
    private readonly metrics: Metrics,
    private readonly log: Log,
  ) {}

  /** Adds a part of the app's bus work; it returns what is wrong with it, in words. */
  watch(problems: () => string[]): void {
    this.parts.push(problems);
  }

  onModuleInit(): void {
    this.health.register('bus', () => this.check());
    const help = '1 while the broker is away and only what needs none goes on';
    this.metrics.gauge('gatehouse_bus_degraded', help, [], (gauge) => gauge.set(this.link.up ? 0 : 1));
    this.link.onReconnect(() => {
      this.missing = undefined;
    });
    this.link.whenUp(() => void this.probe().catch(() => undefined));
  }

  private async check(): Promise<void> {
    if (!this.link.up) throw new Error('the broker is away');
    const unsure = this.missing === undefined || this.missing.length > 0;
    if (performance.now() - this.asked > STALE_MS[unsure ? 'unsure' : 'sound']) await this.probe();
    const problems = [...(this.missing ?? ['the permissions are not known yet']), ...this.parts.flatMap((p) => p())];
    if (problems.length) throw new Error(problems.join('; '));
  }

  private async probe(): Promise<void> {
    this.asked = performance.now();
    const missing = await missingPermissions(this.link.current, this.link.options.app);
    this.missing = missing.map((m) => `no permission to ${m}`);
    const told = missing.join(', ');
    if (told && told !== this.told) {
      this.log.error(`the broker’s policy lacks: ${told}. Generate it again and reload it.`, { subjects: missing });
    }
    this.told = told;
  }
}
