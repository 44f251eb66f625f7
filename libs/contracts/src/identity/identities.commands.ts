import { command } from '../command.js';
import { Empty } from '../empty.js';
import { NestedList, OneOf, Text, Timestamp, Uuid } from '../fields.js';
import { InvalidToken, NotFound, ValidationFailed } from '../general.errors.js';
import { IdentityTaken, LastWayIn } from './identities.errors.js';
import { IDENTITY_KINDS, ProveWalletRequest, type IdentityKind } from './providers.commands.js';
import { WalletProofInvalid } from './providers.errors.js';

/** An identity at a provider by which an account may be entered. */
export class Identity {
  @Uuid() id!: string;
  @OneOf(IDENTITY_KINDS) provider!: IdentityKind;
  @Text({ nullable: true, description: 'By what the person knows it: a login name, an address of a wallet.' })
  label!: string | null;
  @Timestamp() created_at!: string;
  @Timestamp({ nullable: true }) last_used_at!: string | null;
}

export class IdentityList {
  @NestedList(() => Identity) identities!: Identity[];
}

export const ListIdentities = command('identity.identity.list', {
  request: Empty,
  response: IdentityList,
  errors: [InvalidToken],
  permission: 'user',
  impersonation: 'allowed',
  summary: 'The identities that are linked to the caller’s account.',
});

export class UnlinkIdentityRequest {
  @Uuid() identity_id!: string;
}

export const UnlinkIdentity = command('identity.identity.unlink', {
  request: UnlinkIdentityRequest,
  response: Empty,
  errors: [InvalidToken, NotFound, LastWayIn],
  permission: 'user',
  freshAuth: 300,
  summary: 'Takes an identity off the caller’s account; never the last way in.',
});

export const LinkWallet = command('identity.wallet.link', {
  request: ProveWalletRequest,
  response: Identity,
  errors: [ValidationFailed, InvalidToken, WalletProofInvalid, IdentityTaken],
  permission: 'user',
  freshAuth: 300,
  summary: 'Links the wallet that signed the message to the caller’s account.',
});
