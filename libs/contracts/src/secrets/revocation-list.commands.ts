import { command } from '../command.js';
import { Int, Text, TextList } from '../fields.js';
import { ValidationFailed } from '../general.errors.js';
import { ClaimsRefused, Sealed } from './secrets.commands.js';

export class SignRevocationListRequest {
  @Int({ min: 1 }) seq!: number;
  @Int({ min: 0, description: 'Unix seconds.' }) iat!: number;
  @Int({ min: 0, description: 'Unix seconds.' }) next!: number;
  @TextList({ max: 30_000, description: 'License keys, sorted, each once.' }) keys!: string[];
}

export class SignedRevocationList {
  @Text({ max: 1_000_000, description: '`DTCRL1:…`' }) list!: string;
  @Text({ max: 64 }) kid!: string;
}

export const SignRevocationList = command('secrets.revocation_list.sign', {
  request: SignRevocationListRequest,
  response: SignedRevocationList,
  errors: [ValidationFailed, ClaimsRefused, Sealed],
  permission: 'apps',
  callers: ['licensing'],
  concurrency: 2,
  summary: 'Builds and signs a list of licenses out of force; `kid`, `iss` and `prod` are the keyring’s own.',
});
