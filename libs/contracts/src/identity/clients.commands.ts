import { command } from '../command.js';
import { Empty } from '../empty.js';
import { Json, NestedList, Nested, Text, Timestamp, Uuid } from '../fields.js';
import { NotFound, ValidationFailed } from '../general.errors.js';
import { CHANGE_MAX_AGE, READ_MAX_AGE } from './admin-freshness.js';
import { PolicyChanged } from './clients.errors.js';
import { ClientPolicies, ClientPolicy } from './users.commands.js';
import { pattern } from '../patterns.js';

export const ListClientPolicies = command('identity.client_policy.list', {
  request: Empty,
  response: ClientPolicies,
  permission: 'permission:clients.read',
  freshAuth: READ_MAX_AGE,
  summary: 'The policies of all client applications as they are in force.',
});

export class ClientPolicyRequest {
  @Text({ max: 64, pattern: pattern(/^[a-z0-9][a-z0-9._-]*$/i, 'the id of a client application') }) client_id!: string;
}

export const ReadClientPolicy = command('identity.client_policy.read', {
  request: ClientPolicyRequest,
  response: ClientPolicy,
  errors: [NotFound],
  permission: 'permission:clients.read',
  freshAuth: READ_MAX_AGE,
  summary: 'One client application’s policy as it is in force.',
});

/** A policy as it once was. */
export class PolicyVersion {
  @Nested(() => ClientPolicy) policy!: ClientPolicy;
  @Timestamp({ description: 'Since when.' }) at!: string;
  @Uuid({ nullable: true, description: 'Who made it; null: it came from the file, or its maker is gone.' })
  changed_by!: string | null;
}

export class PolicyVersions {
  @NestedList(() => PolicyVersion) versions!: PolicyVersion[];
}

export const ListPolicyVersions = command('identity.client_policy.history', {
  request: ClientPolicyRequest,
  response: PolicyVersions,
  errors: [NotFound],
  permission: 'permission:clients.read',
  freshAuth: READ_MAX_AGE,
  summary: 'Every version of a policy that was in force, the newest first.',
});

export class UpdateClientPolicyRequest extends ClientPolicyRequest {
  @Json({
    description: 'Members of the policy that are to change; `version`, when it is there, is the one they build on.',
  })
  changes!: Record<string, unknown>;
}

export const UpdateClientPolicy = command('identity.client_policy.update', {
  request: UpdateClientPolicyRequest,
  response: ClientPolicy,
  errors: [ValidationFailed, NotFound, PolicyChanged],
  permission: 'permission:clients.write',
  freshAuth: CHANGE_MAX_AGE,
  summary: 'Makes the next version of a policy, by the rules of the file; every app goes by it at once.',
});
