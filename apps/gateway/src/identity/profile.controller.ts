import { Controller, Put } from '@nestjs/common';
import { Bus, type SendAs } from '#bus';
import { UpdateProfile, UpdateProfileRequest, type User } from '#contracts';
import { Ask } from '../edge/ask.js';
import { Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';

@Controller('v1/auth')
export class ProfileController {
  constructor(private readonly bus: Bus) {}

  @Put('profile')
  @Serves(UpdateProfile, { docs: { tag: 'Account' } })
  update(@Input() input: UpdateProfileRequest, @Ask() ask: SendAs): Promise<User> {
    return this.bus.send(UpdateProfile, input, ask);
  }
}
