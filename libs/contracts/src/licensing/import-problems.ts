import { TIERS } from './licenses.commands.js';

/** Why a row of an import makes no license, and what mends that. */
export const IMPORT_PROBLEMS = {
  not_json: 'The line is no JSON object. Write each license as one object in one line.',
  malformed_blob: 'The blob is missing or cannot be read. Copy it whole from the log of the tool that made it.',
  bad_signature: 'The signature does not fit the blob: it was altered or forged. Copy it anew from the original log.',
  unknown_key: 'The blob is signed by a key that is not known here. Import that key first: gatehouse keys import.',
  key_retired: 'The key that signed the blob is out of use. Mint the license anew: gatehouse mint.',
  key_compromised:
    'Others know the key that signed the blob, so it proves nothing. Mint the license anew: gatehouse mint.',
  other_key: 'The line names another license key than its blob. Mend it, or leave it out: the blob counts.',
  unknown_tier: `The tier of the blob is none of ${TIERS.join(', ')}. Mint the license anew: gatehouse mint.`,
  invalid_person:
    'It is missing, too long, no address, or has characters that a mail must not have. Mend it; if it stands in a blob, mint the license anew.',
  invalid_iat: 'The time of issue lies after the year 9999. Mint the license anew: gatehouse mint.',
  invalid_nbf: 'The time from which it is valid lies after the year 9999. Mint the license anew: gatehouse mint.',
  invalid_exp: 'The time until which it is valid lies after the year 9999. Mint the license anew: gatehouse mint.',
  invalid_terms:
    'The license would end before it begins, or lasts longer than 100 years. Mend its dates or mint it anew.',
  invalid_order: 'The order is no text of 1 to 191 characters in one line. Mend it, or leave it out.',
  invalid_notes: 'The notes are no text of at most 2,000 characters, or hold a NUL. Mend them, or leave them out.',
  order_taken: 'The order has another license already. Mend the order, or leave it out if it has both.',
  no_purchase_id:
    'The row has no purchase id, or none that the store would make. Take the row from the export as it was.',
  invalid_email: 'The address of the buyer is missing or is none. Put a whole e-mail address there.',
  unmapped_product:
    'The product is mapped to no license. Add it to products.yaml, restart fulfillment, and import the file again.',
  invalid_date: 'The date of the purchase is none, or the license would outlast the calendar. Write it as 2026-01-31.',
  claims_refused: 'The keyring refuses to sign what the license would say; its log says why. Mend the row accordingly.',
  expired: 'What was paid for is over already. Nothing to mend, unless its dates are wrong.',
  refunded: 'The sale was refunded in full. Nothing to mend.',
  disputed: 'The buyer disputes the payment. Import the row again when the dispute is won.',
  renewal: 'It is a further charge of a subscription, which has its license. Nothing to mend.',
  subscription: 'How long it is paid for only the store tells. The reconciler makes it: gatehouse reconcile.',
  gift_sent: 'It was bought for somebody else, whose own row makes the license. Nothing to mend.',
  preorder: 'It is paid for when the product is released. Import the file again then.',
  erased: 'The buyer was erased at their own wish, and is not brought back. Nothing to mend.',
} as const satisfies Record<string, string>;

export type ImportProblem = keyof typeof IMPORT_PROBLEMS;
