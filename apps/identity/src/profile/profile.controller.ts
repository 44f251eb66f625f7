import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import { UpdateProfile, type Call, type UpdateProfileRequest, type User } from '#contracts';
import { personOf } from '../sessions/sessions.service.js';
import { ProfileService } from './profile.service.js';

@Controller()
export class ProfileController {
  constructor(private readonly profiles: ProfileService) {}

  @Handles(UpdateProfile)
  async update(input: UpdateProfileRequest, call: Call): Promise<User> {
    return this.profiles.update(personOf(call.actor), input);
  }
}
