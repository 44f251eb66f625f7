import { Flag } from '../fields.js';
import { SignedIn } from './tokens.js';

/** What a client with `registration: verify_first` hears, whether or not the address is known. */
export class VerificationRequired {
  @Flag({ description: 'A mail is on its way; the account can be used once its link was followed.' })
  verification_required!: true;
}

/** How a registration ends: signed in, or waiting for the proof of the address. */
export class Registered extends SignedIn {
  @Flag({ optional: true }) verification_required?: true;
}
