import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';
import { Clients } from '../clients/clients.service.js';
import { SecurityNotices } from '../email/security-notices.service.js';
import { Roles } from '../roles/roles.service.js';

/** What an impersonation looks at before it begins. */
@Injectable()
export class ImpersonationParts {
  constructor(
    readonly tx: Transactions,
    readonly clients: Clients,
    readonly roles: Roles,
    readonly notices: SecurityNotices,
  ) {}
}
