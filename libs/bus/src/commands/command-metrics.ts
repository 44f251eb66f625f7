import { Injectable } from '@nestjs/common';
import { Metrics } from '#boot';
import type { Outcome } from './answering.js';
import type { Slots } from './slots.js';

/** Why a command was not even looked at. */
export type IgnoredReason = 'expired' | 'caller' | 'reply' | 'no_reply';

type Observe = (seconds: number) => void;

/** Rate, errors and duration of each command, and what was turned away. */
@Injectable()
export class CommandMetrics {
  private readonly observers = new Map<string, Observe>();

  constructor(private readonly metrics: Metrics) {}

  /** Labels are looked up once: hashing them is most of what an observation costs. */
  observe(command: string, outcome: Outcome, seconds: number): void {
    const key = `${command} ${outcome}`;
    let observe = this.observers.get(key);
    if (!observe) {
      const bound = this.durations().labels({ command, outcome });
      this.observers.set(key, (observe = (s) => bound.observe(s)));
    }
    observe(seconds);
  }

  ignored(command: string, reason: IgnoredReason): void {
    const help = 'Commands that were not executed: too late, or not addressed as the policy says';
    this.metrics.counter('gatehouse_commands_ignored_total', help, ['command', 'reason']).inc({ command, reason });
  }

  /** Tells how much of each command runs and waits whenever it is asked. */
  follow(slots: ReadonlyMap<string, Slots>): void {
    this.metrics.gauge('gatehouse_commands_running', 'Commands at work', ['command'], (gauge) => {
      for (const [command, s] of slots) gauge.set({ command }, s.running);
    });
    this.metrics.gauge('gatehouse_commands_waiting', 'Commands that wait for a slot', ['command'], (gauge) => {
      for (const [command, s] of slots) gauge.set({ command }, s.waiting);
    });
  }

  private durations() {
    return this.metrics.histogram('gatehouse_command_seconds', 'Time from arrival to answer', ['command', 'outcome']);
  }
}
