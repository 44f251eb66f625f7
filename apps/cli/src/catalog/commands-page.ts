import { allCommands, APPS, commandSubject, type Command } from '#contracts';
import { fieldsTable } from './fields-table.js';
import { code, heading, list } from './markdown.js';

const INTRO =
  'Questions and orders to one service: `cmd.<caller>.<service>.<noun>.<verb>` on the bus. Who may call what, as a ' +
  'table, is on [callers.md](callers.md); the errors are on [errors.md](errors.md).';

/** Every command with what goes in, what comes out and what may go wrong. */
export function commandsPage(): string {
  const services = APPS.filter((app) => allCommands().some((command) => command.service === app));
  const sections = services.map((service) => {
    const commands = allCommands().filter((command) => command.service === service);
    return `\n## ${service}\n${commands.map(section).join('')}`;
  });
  return heading('Commands', INTRO) + sections.join('');
}

function section(command: Command): string {
  const facts = [
    `- permission: ${code(command.permission)}`,
    `- subjects: ${list(command.callers.map((caller) => commandSubject(caller, command)))}`,
    `- errors: ${list(command.errors.map((error) => error.code))}`,
    `- waits ${command.timeoutMs} ms by default; one replica works on ${command.concurrency} at once`,
  ];
  const [request, response] = [fieldsTable(command.request), fieldsTable(command.response)];
  return `\n### ${command.name}\n\n${command.summary}\n\n${facts.join('\n')}\n\nRequest:\n\n${request}\n\nResponse:\n\n${response}\n`;
}
