import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  Empty,
  ListIdentities,
  UnlinkIdentity,
  type Call,
  type IdentityList,
  type UnlinkIdentityRequest,
} from '#contracts';
import { personOf } from '../sessions/sessions.service.js';
import { IdentityLinks } from './identity-links.service.js';

@Controller()
export class IdentitiesController {
  constructor(private readonly links: IdentityLinks) {}

  @Handles(ListIdentities, { transaction: false })
  async list(_input: Empty, call: Call): Promise<IdentityList> {
    return this.links.list(personOf(call.actor));
  }

  @Handles(UnlinkIdentity)
  async unlink({ identity_id }: UnlinkIdentityRequest, call: Call): Promise<Empty> {
    return this.links.unlink(personOf(call.actor), identity_id).then(() => new Empty());
  }
}
