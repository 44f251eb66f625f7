import type { BusUser, DataAppName } from '#contracts';

/** A public key that license blobs are verified with. */
export interface LicensePublicKey {
  kid: string;
  key: string;
}

/** `.gatehouse/dev.json`: where a running development system is and how to get in, for tools and tests. */
export interface DevInfo {
  public_url: string;
  internal_url: string;
  nats: { url: string; users: Record<BusUser, string> };
  postgres: Record<DataAppName, string>;
  mail_url: string;
  storefront_url: string;
  /** Stand-ins for Lemon Squeezy, Paddle and Stripe, by the name in their webhook’s path. */
  storefronts: Record<string, { url: string; webhook_secret: string }>;
  /** Stand-ins for GitHub, Google, Twitch and Steam. */
  providers_url: string;
  /** By `secret_ref` of a client’s extension: its base64 secret. */
  extension_secrets: Record<string, string>;
  gumroad: { webhook_secret: string };
  /** With which Postmark would tell of bounces, at `/webhooks/mail/postmark/<secret>`. */
  mail: { webhook_secret: string };
  admin: { username: string; password: string };
  internal_callers: Record<string, string>;
  license_public_keys: LicensePublicKey[];
}
