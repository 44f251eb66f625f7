import { allCommands, allErrors } from '#contracts';
import { code, heading, list, table } from './markdown.js';

const INTRO =
  'The closed list of refusals. `code` is stable and public: it stands in the problem document of an HTTP answer ' +
  'and crosses the bus as it is. The gateway alone turns a kind into an HTTP status.';

/** Every error and the commands that declare it. */
export function errorsPage(): string {
  const rows = allErrors().map((error) => {
    const declaring = allCommands().filter((command) => command.errors.some((e) => e.code === error.code));
    return [code(error.code), error.kind, error.title, list(declaring.map((command) => command.name))];
  });
  return `${heading('Errors', INTRO)}\n${table(['code', 'kind', 'title', 'declared by'], rows)}\n`;
}
