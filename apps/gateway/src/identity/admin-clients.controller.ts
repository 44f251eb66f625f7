import { Controller, Get, HttpCode, Param, Put } from '@nestjs/common';
import { Bus, type SendAs } from '#bus';
import {
  ClientPolicy,
  ClientPolicyRequest,
  Empty,
  ListClientPolicies,
  ListPolicyVersions,
  ReadClientPolicy,
  UpdateClientPolicy,
  type ClientPolicies,
  type PolicyVersions,
} from '#contracts';
import { Ask } from '../edge/ask.js';
import { BodyMembers, Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';

const docs = { tag: 'Admin: client applications' };
const UPDATE =
  'The members of the body replace those of the policy; the others stay. `version`, when it is there, is the version ' +
  'that the change builds on: if there is a newer one, the answer is 409.';

@Controller('v1/admin/clients')
export class AdminClientsController {
  constructor(private readonly bus: Bus) {}

  @Get()
  @Serves(ListClientPolicies, { docs })
  list(@Input() input: Empty, @Ask() ask: SendAs): Promise<ClientPolicies> {
    return this.bus.send(ListClientPolicies, input, ask);
  }

  @Get(':client_id')
  @Serves(ReadClientPolicy, { docs })
  read(@Input() input: ClientPolicyRequest, @Ask() ask: SendAs): Promise<ClientPolicy> {
    return this.bus.send(ReadClientPolicy, input, ask);
  }

  @Get(':client_id/versions')
  @Serves(ListPolicyVersions, { docs })
  versions(@Input() input: ClientPolicyRequest, @Ask() ask: SendAs): Promise<PolicyVersions> {
    return this.bus.send(ListPolicyVersions, input, ask);
  }

  @Put(':client_id')
  @HttpCode(200)
  @Serves(UpdateClientPolicy, { docs: { ...docs, input: ClientPolicy, description: UPDATE } })
  update(
    @Param('client_id') client_id: string,
    @BodyMembers() changes: Record<string, unknown>,
    @Ask() ask: SendAs,
  ): Promise<ClientPolicy> {
    return this.bus.send(UpdateClientPolicy, { client_id, changes }, ask);
  }
}
