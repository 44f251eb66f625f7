import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Log, Shutdown } from '#boot';
import { Bus } from '#bus';
import { NoteDevicesSeen } from '#contracts';

const FLUSH_MS = 2_000;
/** Devices per message; who does not fit is noted with its next use. */
const BATCH = 5_000;

/** Tells identity which paired devices were seen: many at once, beside the requests. */
@Injectable()
export class DeviceSightings implements OnApplicationBootstrap, OnApplicationShutdown {
  private seen = new Set<string>();
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly bus: Bus,
    private readonly log: Log,
    shutdown: Shutdown,
  ) {
    // While the bus is there: what was noted last is told, too.
    shutdown.register('http', 'devices seen', () => this.flush());
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.flush(), FLUSH_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Notes the device of a token, when it is a device's. */
  note(token: { device_id?: string }): void {
    if (token.device_id !== undefined && this.seen.size < BATCH) this.seen.add(token.device_id);
  }

  /** Tells what was noted since the last time, and what was not heard then. */
  async flush(): Promise<void> {
    if (this.seen.size === 0) return;
    const device_ids = [...this.seen];
    this.seen = new Set();
    await this.bus.send(NoteDevicesSeen, { device_ids }).catch((error: unknown) => {
      this.log.debug('devices that were seen could not be told', { error, devices: device_ids.length });
      for (const device_id of device_ids) this.note({ device_id });
    });
  }
}
