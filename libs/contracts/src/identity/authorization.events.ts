import { event } from '../event.js';
import { Text, TextList, Uuid } from '../fields.js';

export class GrantGivenData {
  @Uuid() user_id!: string;
  @Text() client_id!: string;
  @TextList() scopes!: string[];
}
export const GrantGiven = event('identity.grant.given', {
  data: GrantGivenData,
  publicName: 'auth.grant_given',
  summary: 'A person allowed an application more than before.',
});

export class GrantRefusedData {
  @Uuid() user_id!: string;
  @Text() client_id!: string;
}
export const GrantRefused = event('identity.grant.refused', {
  data: GrantRefusedData,
  publicName: 'auth.grant_refused',
  summary: 'A person did not allow what an application asked for.',
});

export class GrantRevokedData {
  @Uuid() user_id!: string;
  @Text() client_id!: string;
}
export const GrantRevoked = event('identity.grant.revoked', {
  data: GrantRevokedData,
  publicName: 'auth.grant_revoked',
  summary: 'A person took back what an application was allowed.',
});

export class CodeReplayedData {
  @Uuid() user_id!: string;
  @Text() client_id!: string;
}
export const CodeReplayed = event('identity.code.replayed', {
  data: CodeReplayedData,
  publicName: 'auth.code_replayed',
  summary: 'An authorization code was shown a second time; what it was exchanged for has ended.',
});

export class ClientRefusedData {
  @Text() client_id!: string;
}
export const ClientRefused = event('identity.client.refused', {
  data: ClientRefusedData,
  publicName: 'auth.client_refused',
  summary: 'A client application could not prove that it is the one it says.',
});
