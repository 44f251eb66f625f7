import { event } from '../event.js';
import { OneOf, Text, Uuid } from '../fields.js';
import { IDENTITY_KINDS, type IdentityKind } from './providers.commands.js';

export class IdentityLinkedData {
  @Uuid() user_id!: string;
  @Uuid() identity_id!: string;
  @OneOf(IDENTITY_KINDS) provider!: IdentityKind;
  @OneOf(['registration', 'same_address', 'person'], {
    description: '`same_address`: provider and account have both verified it; `person`: asked for while signed in.',
  })
  reason!: 'registration' | 'same_address' | 'person';
}
export const IdentityLinked = event('identity.identity.linked', {
  data: IdentityLinkedData,
  publicName: 'auth.identity_linked',
  summary: 'An account may be entered with one more identity.',
});

export class IdentityUnlinkedData {
  @Uuid() user_id!: string;
  @Uuid() identity_id!: string;
  @OneOf(IDENTITY_KINDS) provider!: IdentityKind;
  @OneOf(['person', 'unproven'], {
    description: '`unproven`: it was linked before the account had verified its address (R-LK4).',
  })
  reason!: 'person' | 'unproven';
}
export const IdentityUnlinked = event('identity.identity.unlinked', {
  data: IdentityUnlinkedData,
  publicName: 'auth.identity_unlinked',
  summary: 'An account can no longer be entered with an identity.',
});

export class IdentityRefusedData {
  @OneOf([...IDENTITY_KINDS, 'twitch_extension']) provider!: IdentityKind | 'twitch_extension';
  @Text({ max: 64 }) client_id!: string;
  @Uuid({ nullable: true }) user_id!: string | null;
  @Text({ max: 64 }) reason!: string;
}
export const IdentityRefused = event('identity.identity.refused', {
  data: IdentityRefusedData,
  publicName: 'auth.identity_refused',
  summary: 'A sign-in or a link with an identity was refused.',
});
