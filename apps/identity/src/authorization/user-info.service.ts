import { Injectable } from '@nestjs/common';
import {
  ACCOUNT_SCOPE,
  InsufficientScope,
  InvalidToken,
  OPENID_SCOPE,
  type UserActor,
  type UserInfo,
} from '#contracts';
import { UsersRepository } from '../users/users.repository.js';
import type { UserColumns } from '../users/website-user.entity.js';

type Claims = (user: UserColumns) => Omit<UserInfo, 'sub'>;

/** What each scope shows (OpenID Connect Core §5.4); what the account does not have is left out. */
const CLAIMS: Readonly<Record<string, Claims>> = {
  profile: ({ username, display_name, avatar_url }) => ({
    preferred_username: username,
    name: display_name ?? username,
    ...(avatar_url ? { picture: avatar_url } : {}),
  }),
  email: ({ email, email_verified_at }) => (email ? { email, email_verified: email_verified_at !== null } : {}),
  roles: ({ roles }) => ({ roles }),
};

/** The userinfo endpoint's answers (OpenID Connect Core §5.3). */
@Injectable()
export class UserInfos {
  constructor(private readonly users: UsersRepository) {}

  /** @throws Refusal `invalid_token` when the session is over, `insufficient_scope` */
  async read({ user_id, session_id, scopes }: UserActor): Promise<UserInfo> {
    const all = !scopes || scopes.includes(ACCOUNT_SCOPE);
    if (!all && !scopes.includes(OPENID_SCOPE)) throw InsufficientScope.with();
    const user = await this.users.findBySession(user_id, session_id);
    if (!user) throw InvalidToken.with();
    const shown = Object.entries(CLAIMS).filter(([scope]) => all || scopes.includes(scope));
    return Object.assign({ sub: user.id }, ...shown.map(([, claims]) => claims(user))) as UserInfo;
  }
}
