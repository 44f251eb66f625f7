import type { Bus } from '#bus';

/** Hears what replicas tell each other on a subject that the broker keeps nothing of. */
export function hearReplicas<T>(bus: Bus, subject: string, hear: (said: T) => void): void {
  bus.whenUp((nc) => {
    nc.subscribe(subject, {
      callback: (error, msg) => {
        if (!error) hear(msg.json<T>());
      },
    });
  });
}
