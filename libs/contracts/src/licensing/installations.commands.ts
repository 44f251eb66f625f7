import { command } from '../command.js';
import { Empty } from '../empty.js';
import { NestedList, Text, Timestamp, Uuid } from '../fields.js';
import { NotFound } from '../general.errors.js';
import { EndedSessions } from '../identity/sessions.commands.js';

/** A copy of an application that its person has approved. */
export class Installation {
  @Uuid() id!: string;
  @Text({ max: 64 }) client_id!: string;
  @Text({ max: 100 }) name!: string;
  @Text({ nullable: true, max: 64 }) platform!: string | null;
  @Text({ nullable: true, max: 64 }) app_version!: string | null;
  @Timestamp() created_at!: string;
  @Timestamp() last_seen_at!: string;
}

export class InstallationList {
  @NestedList(() => Installation) installations!: Installation[];
}

export const ListInstallations = command('licensing.installation.list', {
  request: Empty,
  response: InstallationList,
  permission: 'user',
  impersonation: 'allowed',
  summary: 'The caller’s installed copies.',
});

export class RemoveInstallationRequest {
  @Uuid() installation_id!: string;
}

export const RemoveInstallation = command('licensing.installation.remove', {
  request: RemoveInstallationRequest,
  response: EndedSessions,
  errors: [NotFound],
  permission: 'user',
  summary: 'Removes an installed copy and ends its session.',
});
