/** One event of `text/event-stream`; a comment is a beat without data. */
export interface StreamEvent {
  id?: string;
  data?: string;
}

/** Reads server-sent events (WHATWG HTML §9.2) from text that comes in any pieces. */
export class EventStreamParser {
  private rest = '';
  private id?: string;
  private data: string[] = [];

  constructor(
    private readonly event: (event: StreamEvent) => void,
    private readonly maxLength = 1_048_576,
  ) {}

  /** @throws Error when a line has no end */
  push(text: string): void {
    this.rest += text;
    // A CR at the very end may be the first half of a CRLF.
    const lines = this.rest.split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop()!;
    if (this.rest.length > this.maxLength) throw new Error('a line of the event stream is too long');
    for (const line of lines) this.line(line);
  }

  private line(line: string): void {
    if (line === '') return this.dispatch();
    if (line.startsWith(':')) return this.event({});
    const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line)!;
    if (field === 'data') this.data.push(value);
    else if (field === 'id' && !value.includes('\0')) this.id = value;
  }

  private dispatch(): void {
    const { id, data } = this;
    this.data = [];
    this.id = undefined;
    if (data.length) this.event({ id, data: data.join('\n') });
    else if (id !== undefined) this.event({ id });
  }
}
