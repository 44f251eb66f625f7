import { readFileSync } from 'node:fs';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Log } from '#boot';
import { ClientChanged, GrantNotAllowed, UnknownClient, type ClientPolicies, type ClientPolicy } from '#contracts';
import { Outbox, Transactions } from '#persistence';
import { IdentityConfig } from '../identity.config.js';
import { ClientPoliciesRepository } from './client-policies.repository.js';
import { readClientsFile, type ClientsFile, type Grant } from './clients-file.rules.js';

/** Client applications and what each may do. The file seeds the table; the table is what counts. */
@Injectable()
export class Clients implements OnModuleInit {
  private file!: ClientsFile;
  private policies = new Map<string, ClientPolicy>();
  private asked = 0;
  private read = 0;

  constructor(
    private readonly config: IdentityConfig,
    private readonly stored: ClientPoliciesRepository,
    private readonly tx: Transactions,
    private readonly outbox: Outbox,
    private readonly log: Log,
  ) {}

  async onModuleInit(): Promise<void> {
    const { clientsFile } = this.config;
    this.file = readClientsFile(readFileSync(clientsFile, 'utf8'), clientsFile);
    await this.tx.run(() => this.seed());
    await this.reload();
  }

  /** Reads the policies again. Of two readings at once the one that began later has seen more. */
  async reload(): Promise<void> {
    const turn = ++this.asked;
    const policies = await this.stored.all();
    if (turn < this.read) return;
    this.read = turn;
    this.policies = new Map(policies.map((policy) => [policy.client_id, policy]));
  }

  /**
   * The policy of a client, or of the default one when none is named.
   * @param grant the way in, which may have a default of its own
   * @throws Refusal `unknown_client`
   */
  policyOf(clientId: string | undefined, grant?: Grant): ClientPolicy {
    const byDefault = (grant && this.file.default_for[grant]) ?? this.file.default_client_id;
    const policy = this.policies.get(clientId ?? byDefault);
    if (!policy) throw UnknownClient.with();
    return policy;
  }

  /** The same as {@link list} for who has just heard of a change: this replica may hear of it later. */
  async listNow(): Promise<ClientPolicies> {
    await this.reload();
    return this.list();
  }

  /** All policies as the gateway applies them; in development with the origins of local frontends. */
  list(): ClientPolicies {
    const clients = [...this.policies.values()].map((policy) => this.withLocalOrigins(policy));
    return { default_client_id: this.file.default_client_id, clients };
  }

  /** Names that nobody may build a password on. */
  get productNames(): string[] {
    return ['gatehouse', ...[...this.policies.values()].flatMap((policy) => [policy.client_id, policy.name])];
  }

  private withLocalOrigins(policy: ClientPolicy): ClientPolicy {
    if (this.config.profile !== 'development') return policy;
    const local = this.file.development_origins.get(policy.client_id) ?? [];
    return { ...policy, origins: [...new Set([...policy.origins, ...local])] };
  }

  /** A policy that an admin has made newer than the file stays. */
  private async seed(): Promise<void> {
    const samples = this.config.profile === 'development' ? this.file.development_clients : [];
    for (const policy of [...this.file.clients, ...samples]) {
      const hashes = this.file.secret_hashes.get(policy.client_id);
      if (!(await this.stored.putNewer(policy, hashes))) continue;
      const { client_id, version } = policy;
      await this.outbox.append(ClientChanged, { client_id, version }, { key: client_id });
      this.log.info('client policy stored', { client_id, version });
    }
  }
}

/** @throws Refusal `grant_not_allowed` unless the policy allows this way in */
export function assertGrant(policy: ClientPolicy, grant: Grant): void {
  if (!policy.grants.includes(grant)) throw GrantNotAllowed.with();
}
