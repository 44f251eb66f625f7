import { Injectable } from '@nestjs/common';
import {
  InvalidToken,
  ProfileUpdated,
  ValidationFailed,
  type UpdateProfileRequest,
  type User,
  type UserActor,
} from '#contracts';
import { Outbox } from '#persistence';
import { viewOf } from '../users/website-user.entity.js';
import { ProfileRepository, type Profile } from './profile.repository.js';

const MEMBERS = ['display_name', 'avatar_url', 'bio', 'status'] as const;

/** What others see of a person. */
@Injectable()
export class ProfileService {
  constructor(
    private readonly profiles: ProfileRepository,
    private readonly outbox: Outbox,
  ) {}

  /** @throws Refusal `validation_failed`; `invalid_token` when the session has ended */
  async update(actor: UserActor, change: UpdateProfileRequest): Promise<User> {
    assertAddress(change.avatar_url);
    const before = await this.profiles.lock(actor);
    if (!before) throw InvalidToken.with();
    const after = { ...before, ...cleaned(change) };
    const changed = MEMBERS.filter((member) => after[member] !== before[member]);
    if (changed.length) {
      await this.profiles.write(before.id, after);
      await this.outbox.append(
        ProfileUpdated,
        { user_id: before.id, changed, status: after.status, before: before.status },
        { key: before.id },
      );
    }
    return viewOf(after);
  }
}

/** The members that were sent; a text of blanks is none, and nobody is without a status. */
function cleaned(change: UpdateProfileRequest): Partial<Profile> {
  const { display_name, avatar_url, bio, status } = change;
  return {
    ...(display_name === undefined ? {} : { display_name: display_name?.trim() ?? null }),
    ...(avatar_url === undefined ? {} : { avatar_url }),
    ...(bio === undefined ? {} : { bio: bio?.trim() || null }),
    ...(status === undefined ? {} : { status: status ?? 'online' }),
  };
}

/** The contract has seen to the shape; only a parser knows hosts and ports. */
function assertAddress(url: string | null | undefined): void {
  if (!url || URL.canParse(url)) return;
  const detail = 'avatar_url is no https address.';
  throw ValidationFailed.with({ detail, errors: [{ field: 'avatar_url', code: 'invalid_format', detail }] });
}
