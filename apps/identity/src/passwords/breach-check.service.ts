import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Log, Metrics, textWithin } from '#boot';
import { IdentityConfig } from '../identity.config.js';

const TIMEOUT_MS = 1_000;
const MOST_BYTES = 1_048_576;
const PREFIX = 5;

/**
 * Asks a range server whether a password is in a collection of stolen ones. It sees five digits of its hash and
 * nothing else (k-anonymity), and pads its answer, so that neither it nor the line learns which one was meant.
 * Fails open: a server that is away must keep nobody from changing a password; the log and a metric tell of it.
 */
@Injectable()
export class BreachCheck {
  private readonly answers;

  constructor(
    private readonly config: IdentityConfig,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    const help = 'Passwords that were looked up among stolen ones, by answer.';
    this.answers = metrics.counter('gatehouse_breach_checks_total', help, ['answer']);
  }

  /** Whether the password is known to be stolen; false when nobody is to be asked, or nobody answers. */
  async knows(password: string): Promise<boolean> {
    if (!this.config.passwordBreachUrl) return false;
    const digest = createHash('sha1').update(password).digest('hex').toUpperCase();
    try {
      const stolen = await this.isIn(digest.slice(0, PREFIX), digest.slice(PREFIX));
      this.answers.inc({ answer: stolen ? 'stolen' : 'unknown' });
      return stolen;
    } catch (error) {
      this.answers.inc({ answer: 'none' });
      this.log.warn('the range server of stolen passwords does not answer; passwords pass unasked', { error });
      return false;
    }
  }

  private async isIn(prefix: string, suffix: string): Promise<boolean> {
    const answer = await fetch(`${this.config.passwordBreachUrl}/range/${prefix}`, {
      headers: { 'add-padding': 'true', 'user-agent': 'gatehouse' },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!answer.ok) throw new Error(`it answered ${answer.status}`);
    const lines = (await textWithin(answer, MOST_BYTES)).split('\n');
    // Padding has the count 0.
    return lines.some((line) => {
      const [tail, count] = line.trim().split(':');
      return tail?.toUpperCase() === suffix && Number(count) > 0;
    });
  }
}
