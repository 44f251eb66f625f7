import { NoAnswerError, problemIn, ProblemError } from '../errors.js';
import type { Http } from '../http.js';
import { CODES, type Ending } from './close-codes.js';
import { EventStreamParser } from './event-stream.js';
import type { Frame } from './events.js';
import { frameOf } from './frames.js';
import { EVENTS_PATH, queryOf, type Link, type LinkHears, type Target } from './link.js';

/**
 * Server-sent events by `fetch`, where WebSockets do not get through. `EventSource` cannot send a token but in the URL, and does
 * not tell the status of an answer.
 */
export class EventStreamLink implements Link {
  readonly kind = 'sse';
  private readonly closing = new AbortController();

  constructor(
    private readonly http: Http,
    target: Target,
    private readonly hears: LinkHears,
  ) {
    this.read(target)
      .catch((error: unknown) => endingOf(error))
      .then((ending) => !this.closing.signal.aborted && this.end(ending));
  }

  say(): boolean {
    return false;
  }

  close(): void {
    this.closing.abort();
  }

  private async read(target: Target): Promise<Ending> {
    const { signal } = this.closing;
    const response = await this.http.send(EVENTS_PATH + queryOf(target), {
      headers: { accept: 'text/event-stream', authorization: `Bearer ${target.token}` },
      signal,
    });
    if (!response.ok || !response.body) throw await problemIn(response);
    const parser = new EventStreamParser(({ data }) => this.hear(data));
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done || signal.aborted) return { code: CODES.gone, reason: 'the stream has ended' };
      parser.push(decoder.decode(value, { stream: true }));
    }
  }

  private hear(data: string | undefined): void {
    if (this.closing.signal.aborted) return;
    this.hears.beat();
    const frame = frameOf(data);
    if (frame?.type === 'close') this.end(endingIn(frame));
    else if (frame) this.hears.frame(frame);
  }

  private end(ending: Ending): void {
    this.close();
    this.hears.ended(ending);
  }
}

const endingIn = ({ data }: Frame): Ending => ({ code: Number(data.code) || CODES.gone, reason: String(data.reason) });

/** The stream's ends in the words of WebSockets. */
function endingOf(error: unknown): Ending {
  if (error instanceof ProblemError) {
    const code = error.status === 401 ? CODES.expired : CODES.gone;
    return { code, reason: error.code, retryAfterMs: error.extras.retryAfterMs };
  }
  const reason = error instanceof NoAnswerError ? error.message : 'the stream broke off';
  return { code: CODES.gone, reason };
}
