import { explain } from './explain.js';

/**
 * The outermost call of every `main.ts`. A failure is told in words and ends the process with code 1.
 * The stack is shown only with `LOG_LEVEL=debug`.
 */
export async function runMain(main: () => Promise<unknown>): Promise<void> {
  try {
    await main();
  } catch (error) {
    process.stderr.write(explain(error));
    if (/^(debug|trace)$/.test(process.env['LOG_LEVEL'] ?? '') && error instanceof Error) {
      process.stderr.write(`${error.stack}\n`);
    }
    process.exit(1);
  }
}
