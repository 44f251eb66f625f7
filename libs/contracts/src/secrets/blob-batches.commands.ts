import { command } from '../command.js';
import { NestedList, Text } from '../fields.js';
import { ValidationFailed } from '../general.errors.js';
import { ClaimsRefused, Sealed, SignBlobRequest } from './secrets.commands.js';

/** Blobs of one message: were all of them as long as blobs may be, the broker would still carry it. */
export const MOST_BLOBS = 100;

export class SignBlobsRequest {
  @NestedList(() => SignBlobRequest, { max: MOST_BLOBS }) blobs!: SignBlobRequest[];
}

export class BlobOutcome {
  @Text({ nullable: true, max: 8192, description: '`DTLIC2:…`; null when it was refused.' }) blob!: string | null;
  @Text({ nullable: true, max: 64 }) kid!: string | null;
  @Text({ nullable: true, max: 512, description: 'Why this one is not signed.' }) refused!: string | null;
}

export class SignedBlobs {
  @NestedList(() => BlobOutcome, { max: MOST_BLOBS, description: 'In the order of the request.' })
  blobs!: BlobOutcome[];
}

export const SignBlobs = command('secrets.blob.sign_all', {
  request: SignBlobsRequest,
  response: SignedBlobs,
  errors: [ValidationFailed, ClaimsRefused, Sealed],
  permission: 'apps',
  callers: ['licensing'],
  timeoutMs: 10_000,
  concurrency: 8,
  summary: 'Signs many license blobs, each by the rules of one; what is refused does not keep the others from theirs.',
});
