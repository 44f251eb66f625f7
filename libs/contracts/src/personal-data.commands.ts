import { command } from './command.js';
import { EmailAddress, Json, Uuid } from './fields.js';
import { ERASING_APPS } from './identity/lifecycle.events.js';

export class PersonalDataRequest {
  @Uuid() user_id!: string;
  @EmailAddress({ nullable: true, description: 'Only when the person has proven it.' }) email!: string | null;
}

export class PersonalDataPart {
  @Json({ description: 'What the service holds, in the service’s own words.' }) data!: Record<string, unknown>;
}

type ErasingApp = (typeof ERASING_APPS)[number];

const exportOf = (app: ErasingApp) =>
  command(`${app}.personal_data.export`, {
    request: PersonalDataRequest,
    response: PersonalDataPart,
    permission: 'apps',
    callers: ['identity'],
    timeoutMs: 8_000,
    concurrency: 4,
    summary: `Everything that ${app} holds about a person, without secrets.`,
  });

/** What each service besides identity answers when a person wants to see everything. */
export const PersonalData = Object.fromEntries(ERASING_APPS.map((app) => [app, exportOf(app)])) as Record<
  ErasingApp,
  ReturnType<typeof exportOf>
>;
