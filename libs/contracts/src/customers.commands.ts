import { command } from './command.js';
import { EmailAddress, Flag, Int, NestedList, Text } from './fields.js';
import { Unavailable } from './general.errors.js';

export class EraseCustomerRequest {
  @EmailAddress() email!: string;
  @Flag({ optional: true, description: 'Only says what would be erased.' }) dry_run?: boolean;
}

/** Rows of one kind that a person is, or would be, taken out of. */
export class ErasedRows {
  @Text({ max: 64, description: 'What they are, e.g. `licenses`.' }) kind!: string;
  @Int({ min: 0 }) rows!: number;
}

export class ErasedCustomer {
  @NestedList(() => ErasedRows) rows!: ErasedRows[];
}

export class CustomerErasure {
  @Int({ min: 0, description: 'Rows that the person was, or would be, taken out of.' }) erased!: number;
  @Flag() dry_run!: boolean;
  @NestedList(() => ErasedRows) rows!: ErasedRows[];
}

const erasureIn = (app: 'licensing' | 'fulfillment', summary: string) =>
  command(`${app}.customer.erase`, {
    request: EraseCustomerRequest,
    response: ErasedCustomer,
    errors: [Unavailable],
    permission: 'internal:customers.erase',
    timeoutMs: 20_000,
    concurrency: 4,
    summary,
  });

/** Erases a buyer by address, account or not, in each service that knows buyers; again is no harm. */
export const EraseCustomer = {
  fulfillment: erasureIn(
    'fulfillment',
    'Takes the person of an address out of orders, stored pings, mails and the portal, and keeps the person out.',
  ),
  licensing: erasureIn(
    'licensing',
    'Takes the person of an address out of licenses and the log of signatures, and keeps the person out.',
  ),
};
