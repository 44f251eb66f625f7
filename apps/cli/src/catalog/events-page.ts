import { allEvents, eventSubject, type DomainEvent } from '#contracts';
import { fieldsTable } from './fields-table.js';
import { code, heading, list } from './markdown.js';

const INTRO =
  'Things that happened: `evt.<service>.<noun>.<past>` on the bus, kept in the stream `EVENTS` until every listener ' +
  'has taken them. Listeners handle an event once each; watchers hear it on every replica, best effort.';

/** Every event with its data, who says it and who hears it. */
export const eventsPage = (): string => heading('Events', INTRO) + allEvents().map(section).join('');

function section(event: DomainEvent): string {
  const facts = [
    `- subject: ${code(eventSubject(event))}`,
    ...(event.publicName === event.name ? [] : [`- known to clients as ${code(event.publicName)}`]),
    `- producers: ${list(event.producers)}`,
    `- listeners: ${list(event.listeners)}`,
    ...(event.watchers.length ? [`- watchers: ${list(event.watchers)}`] : []),
    ...(event.idField ? [`- its id is ${code(event.idField)} when no \`Nats-Msg-Id\` is set`] : []),
  ];
  return `\n## ${event.name}\n\n${event.summary}\n\n${facts.join('\n')}\n\n${fieldsTable(event.data)}\n`;
}
