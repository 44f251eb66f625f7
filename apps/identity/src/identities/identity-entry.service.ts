import { Injectable } from '@nestjs/common';
import {
  EmailTaken,
  SignInRefused,
  Unavailable,
  type ClientPolicy,
  type RequestOrigin,
  type SignedIn,
} from '#contracts';
import type { Grant } from '../clients/clients-file.rules.js';
import { TokenIssuer, type Proofs } from '../sessions/token-issuer.service.js';
import { UsersRepository } from '../users/users.repository.js';
import { ADMIN_ROLE } from '../users/website-user.entity.js';
import { IdentitiesRepository, type KnownIdentity } from './identities.repository.js';
import { IdentityAccounts, LostRace } from './identity-accounts.service.js';
import { IdentityLinks } from './identity-links.service.js';
import type { ProvenIdentity } from './proven-identity.js';

/** On what terms somebody comes in. */
export interface EntryTerms {
  policy: ClientPolicy;
  grant: Grant;
  amr: string[];
  origin: RequestOrigin;
  /** Make an account for somebody who is not known. */
  register: boolean;
  /** Whether an admin’s account is closed to it, also one that has no admin’s credentials. */
  playersOnly?: boolean;
  /** What limits the session. */
  limits?: Pick<Proofs, 'auth_time' | 'scopes'>;
}

export interface Entered {
  signed_in: SignedIn;
  user_id: string;
  is_new_user: boolean;
}

/** Of people who come with the same new identity at once, each gets in by the second look. */
const LOOKS = 3;

/** Lets people in by an identity that they have proven: the one way for providers, wallets and extensions. */
@Injectable()
export class IdentityEntry {
  constructor(
    private readonly identities: IdentitiesRepository,
    private readonly accounts: IdentityAccounts,
    private readonly links: IdentityLinks,
    private readonly users: UsersRepository,
    private readonly issuer: TokenIssuer,
  ) {}

  /**
   * @returns nothing when nobody is known by the identity and none is to be made
   * @throws Refusal `email_taken` when an account has the address and the person has to sign in to it first (R-LK1);
   *   `sign_in_refused`, `invalid_credentials` when the account may not be entered
   */
  async enter(identity: ProvenIdentity, terms: EntryTerms): Promise<Entered | undefined> {
    for (let look = 0; look < LOOKS; look++) {
      try {
        return await this.tryToEnter(identity, terms);
      } catch (error) {
        if (!(error instanceof LostRace)) throw error;
      }
    }
    throw Unavailable.with({ retry_after: 1 });
  }

  private async tryToEnter(identity: ProvenIdentity, terms: EntryTerms): Promise<Entered | undefined> {
    const known = await this.knownBy(identity);
    if (known) return this.admit(known, identity, terms);
    const linked = await this.linkByAddress(identity);
    if (linked) return this.admit(linked, identity, terms);
    return terms.register ? this.register(identity, terms) : undefined;
  }

  /** What was linked before the account’s address was proven is dropped when it is met (R-LK4). */
  private async knownBy({ kind, subject }: ProvenIdentity): Promise<KnownIdentity | undefined> {
    const known = await this.identities.find(kind, subject);
    if (!known || known.proven || !known.email_verified) return known;
    await this.links.drop(known.id, known.user.id);
    return undefined;
  }

  private async admit(known: KnownIdentity, identity: ProvenIdentity, terms: EntryTerms): Promise<Entered> {
    const isAdmin = known.is_admins || (terms.playersOnly && known.user.roles.includes(ADMIN_ROLE));
    if (isAdmin) throw SignInRefused.with();
    const signed_in = await this.issuer.issueTokens(proofsOf(known.user, terms), () =>
      this.identities.markUsed(known.id, identity.label),
    );
    return { signed_in, user_id: known.user.id, is_new_user: false };
  }

  private async register(identity: ProvenIdentity, terms: EntryTerms): Promise<Entered> {
    const user = this.accounts.blank();
    const signed_in = await this.issuer.issueTokens(proofsOf(user, terms), () =>
      this.accounts.make(user.id, identity, terms.policy.client_id),
    );
    return { signed_in, user_id: user.id, is_new_user: true };
  }

  /** Both sides have to have verified the address; else nothing is linked, and nothing made beside it (R-LK1, R-LK2). */
  private async linkByAddress(identity: ProvenIdentity): Promise<KnownIdentity | undefined> {
    const { verified_email } = identity;
    const owner = verified_email === null ? null : await this.users.findByEmail(verified_email);
    if (!owner) return undefined;
    if (!owner.email_verified_at) throw EmailTaken.with();
    await this.links.linkByAddress(owner.id, identity);
    return this.knownBy(identity);
  }
}

const proofsOf = (user: KnownIdentity['user'], { policy, grant, amr, origin, limits }: EntryTerms): Proofs => ({
  ...{ user, policy, grant, amr, origin },
  ...limits,
});
