import { Injectable } from '@nestjs/common';
import { Log, Metrics } from '#boot';

/** What is seen of refreshes. */
@Injectable()
export class RefreshObserved {
  private readonly count;

  constructor(
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.count = metrics.counter('gatehouse_connector_refreshes_total', 'Refreshes of connected channels’ tokens.', [
      'outcome',
    ]);
  }

  tell(outcome: 'ok' | 'withdrawn' | 'failed', source: string, error?: unknown): void {
    this.count.inc({ outcome });
    if (outcome !== 'ok')
      this.log.warn('a channel’s tokens were not refreshed', { outcome, chat_source: source, error });
  }
}
