import { Text, TextList } from '../fields.js';

/** The Twitch extension that a client application is: the part of its policy that is about it. */
export class ExtensionPolicy {
  @Text({ max: 64, description: 'The extension’s client id at Twitch.' }) id!: string;
  @Text({ max: 64, description: 'Name of its secrets in EXTENSION_SECRETS_FILE.' }) secret_ref!: string;
  @TextList({ description: 'Roles of viewers that may sign in: `viewer`, `broadcaster`, `moderator`.' })
  roles!: string[];
}
