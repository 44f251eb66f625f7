import { Controller } from '@nestjs/common';
import { Handles, Listens } from '#bus';
import {
  RegisterUser,
  RegistrationRequested,
  type Call,
  type Registered,
  type RegisterUserRequest,
  type RegistrationRequestedData,
} from '#contracts';
import { RegistrationService } from './registration.service.js';
import { RequestedRegistrations } from './requested-registrations.service.js';

@Controller()
export class RegistrationsController {
  constructor(
    private readonly registration: RegistrationService,
    private readonly requested: RequestedRegistrations,
  ) {}

  /** Opens its transaction itself: no connection waits for a hash or a signature. */
  @Handles(RegisterUser, { transaction: false })
  register(input: RegisterUserRequest, call: Call): Promise<Registered> {
    return this.registration.register(input, call);
  }

  @Listens(RegistrationRequested)
  answer(data: RegistrationRequestedData): Promise<void> {
    return this.requested.answer(data.registration_id);
  }
}
