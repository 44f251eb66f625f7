/** Where a start says what it is doing: a live list on a terminal, plain lines elsewhere. */
export interface StepOutput {
  isTTY?: boolean;
  write(text: string): unknown;
}

interface Step {
  name: string;
  note: string;
  state: 'running' | 'done' | 'failed';
  started: number;
  ended?: number;
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const paint = (code: number, text: string): string => `\u001b[${code}m${text}\u001b[0m`;

/** The steps of a start with their times. Steps may overlap. */
export class StepList {
  private readonly steps: Step[] = [];
  private drawn = 0;
  private frame = 0;
  private timer?: NodeJS.Timeout;

  constructor(private readonly out: StepOutput) {}

  /** Does `work` as a step; `note` says more about it while it runs. */
  async run<T>(name: string, work: (note: (text: string) => void) => Promise<T>): Promise<T> {
    const step: Step = { name, note: '', state: 'running', started: performance.now() };
    this.steps.push(step);
    this.draw();
    try {
      const result = await work((text) => this.note(step, text));
      this.finish(step, 'done');
      return result;
    } catch (error) {
      this.finish(step, 'failed');
      throw error;
    }
  }

  /** A line of its own, above the list or after it. */
  say(text: string): void {
    this.erase();
    this.out.write(`${text}\n`);
    this.draw();
  }

  /** Leaves the list as it is; what is written from now on comes below. */
  close(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.draw();
    this.steps.length = 0;
    this.drawn = 0;
  }

  private note(step: Step, text: string): void {
    step.note = text;
    if (!this.out.isTTY) this.out.write(`${step.name}: ${text}\n`);
    else this.draw();
  }

  private finish(step: Step, state: Step['state']): void {
    step.state = state;
    step.ended = performance.now();
    if (this.out.isTTY) this.draw();
    else if (this.steps.includes(step)) this.out.write(`${line(step)}\n`);
  }

  private draw(): void {
    if (!this.out.isTTY || !this.steps.length) return;
    this.timer ??= setInterval(() => (this.frame++, this.draw()), 90).unref();
    this.erase();
    for (const step of this.steps) this.out.write(`${colored(step, FRAMES[this.frame % FRAMES.length]!)}\n`);
    this.drawn = this.steps.length;
  }

  private erase(): void {
    if (this.drawn) this.out.write(`\u001b[${this.drawn}A\u001b[0J`);
    this.drawn = 0;
  }
}

const time = (step: Step): string => `${(((step.ended ?? performance.now()) - step.started) / 1000).toFixed(1)} s`;
const line = (step: Step): string => `${step.state === 'failed' ? 'failed' : 'ok'}  ${step.name}  ${time(step)}`;

function colored(step: Step, spinner: string): string {
  const sign = { running: paint(36, spinner), done: paint(32, '✓'), failed: paint(31, '✗') }[step.state];
  const note = step.state === 'running' && step.note ? ` (${step.note})` : '';
  return `  ${sign} ${step.name.padEnd(28)} ${paint(2, time(step) + note)}`;
}
