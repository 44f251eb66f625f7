import { pattern, SecretText, Text } from '#contracts';

/** The proof of an address: the token of a mail, or the digits in it. */
export class VerifyBody {
  @SecretText({ optional: true, max: 512 }) token?: string;
  @Text({
    optional: true,
    max: 16,
    secret: true,
    pattern: pattern(/^[\d -]+$/, 'digits only'),
    description: 'Instead of the token, with a bearer token.',
  })
  code?: string;
}
