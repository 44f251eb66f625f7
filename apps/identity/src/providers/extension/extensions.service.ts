import { Injectable } from '@nestjs/common';
import {
  ACCOUNT_SCOPE,
  ExtensionTokenInvalid,
  IdentityNotShared,
  IdentityRefused,
  ProviderNotConfigured,
  Refusal,
  SignInRefused,
  type Call,
  type ClientPolicy,
  type ExtensionLoginRequest,
  type SignedIn,
} from '#contracts';
import { Outbox } from '#persistence';
import { assertGrant, Clients } from '../../clients/clients.service.js';
import { IdentityEntry } from '../../identities/identity-entry.service.js';
import { ExtensionSecrets } from './extension-secrets.service.js';
import { readViewer, type Viewer } from './extension-token.rules.js';

/**
 * When the viewer has shown a credential to us: never, for which a claim has its oldest time. So nothing that needs a
 * fresh sign-in is open to them (R-TW4).
 */
const NEVER = new Date(1_000);

/**
 * Signs in viewers of Twitch extensions. Whoever holds the extension’s secret can speak for any viewer, so the session
 * is a small one: short, without refresh, bound to the channel, and too old for anything that needs step-up.
 */
@Injectable()
export class Extensions {
  constructor(
    private readonly clients: Clients,
    private readonly secrets: ExtensionSecrets,
    private readonly entry: IdentityEntry,
    private readonly outbox: Outbox,
  ) {}

  /** @throws Refusal `extension_token_invalid`, `identity_not_shared`, `sign_in_refused`, … */
  async login({ token, client_id }: ExtensionLoginRequest, call: Call): Promise<SignedIn> {
    const policy = this.policyOf(client_id);
    try {
      return await this.admit(await this.viewerOf(policy, token), policy, call);
    } catch (error) {
      if (error instanceof Refusal && error.kind !== 'unavailable') await this.tell(policy.client_id, error.code);
      throw error;
    }
  }

  /** By client, or by the extension’s id at Twitch. */
  private policyOf(name: string | undefined): ClientPolicy {
    const extension = this.clients.list().clients.find((c) => name !== undefined && c.extension?.id === name);
    const policy = extension ?? this.clients.policyOf(name, 'extension');
    assertGrant(policy, 'extension');
    return policy;
  }

  private async viewerOf(policy: ClientPolicy, token: string): Promise<Viewer> {
    const { extension } = policy;
    const keys = extension ? this.secrets.of(extension.secret_ref) : [];
    if (!extension || !keys.length) throw ProviderNotConfigured.with();
    const viewer = await readViewer(token, keys);
    if (!viewer || !extension.roles.includes(viewer.role)) throw ExtensionTokenInvalid.with();
    return viewer;
  }

  private async admit({ user_id, channel_id }: Viewer, policy: ClientPolicy, { origin }: Call): Promise<SignedIn> {
    if (user_id === undefined) throw IdentityNotShared.with();
    const identity = { kind: 'twitch' as const, subject: user_id, label: null, verified_email: null };
    const entered = await this.entry.enter(identity, {
      ...{ policy, grant: 'extension' as const, amr: ['fed'], origin, register: true, playersOnly: true },
      limits: { auth_time: NEVER, scopes: [ACCOUNT_SCOPE, `twitch_channel:${channel_id}`] },
    });
    if (!entered) throw SignInRefused.with();
    return entered.signed_in;
  }

  private tell(client_id: string, reason: string): Promise<void> {
    return this.outbox.append(IdentityRefused, { provider: 'twitch_extension', client_id, user_id: null, reason });
  }
}
