/** A table that holds something of a person. */
export interface PersonalTable {
  /** The column that says whose a row is. */
  owner: string;
  /** Columns that the person is shown in an export; hashes, keys and tokens are not among them. */
  shown: readonly string[];
}

const of = (...shown: string[]): PersonalTable => ({ owner: 'user_id', shown });

/**
 * Every table that refers to an account. A test compares this list with the database: whoever adds such a table decides
 * here what its person is shown. All of them are emptied of a person who is erased.
 */
export const PERSONAL_TABLES: Readonly<Record<string, PersonalTable>> = {
  action_grants: of('action', 'record', 'created_at', 'expires_at'),
  admin_credentials: of('username', 'created_at', 'updated_at'),
  agent_configs: of('changes', 'updated_at'),
  auth_sessions: of(
    ...['id', 'client_id', 'device_id', 'user_agent', 'ip', 'amr', 'auth_time', 'scopes', 'created_at'],
    ...['last_used_at', 'expires_at', 'revoked_at', 'revoked_reason'],
  ),
  authorization_codes: of('client_id', 'scopes', 'auth_time', 'expires_at', 'consumed_at'),
  authorization_grants: of('client_id', 'scopes', 'granted_at', 'last_used_at'),
  broadcast_configs: of('preset_id', 'overrides', 'updated_at'),
  device_requests: of(
    ...['client_id', 'name', 'platform', 'app_version', 'ip', 'user_agent', 'status', 'created_at', 'decided_at'],
  ),
  devices: of(
    ...['id', 'client_id', 'name', 'created_at', 'last_seen_at', 'expires_at', 'revoked_at', 'revoked_reason'],
  ),
  license_tokens: of('issued_at', 'expires_at'),
  mfa_challenges: of('client_id', 'expires_at', 'consumed_at'),
  oauth_accounts: of('provider', 'subject', 'label', 'proven', 'created_at', 'last_used_at'),
  one_time_tokens: of('kind', 'email', 'notice', 'created_at', 'expires_at', 'consumed_at', 'voided_at'),
  pairing_codes: of('created_at', 'expires_at'),
  // A random handle tells nothing of its person.
  passkey_handles: of(),
  passkeys: of('name', 'transports', 'single_device', 'backed_up', 'created_at', 'last_used_at'),
  personal_exports: of('at'),
  provider_attempts: of('provider', 'client_id', 'expires_at', 'consumed_at'),
  recovery_codes: of('used_at'),
  totp_factors: of('enabled_at', 'created_at'),
  users: { owner: 'website_user_id', shown: ['id', 'email', 'username', 'created_at', 'bridged_at'] },
  wallet_challenges: of('address', 'client_id', 'expires_at', 'consumed_at'),
};

/** Columns of the account itself that its person is shown. */
export const ACCOUNT_COLUMNS: readonly string[] = [
  ...['id', 'email', 'email_verified_at', 'username', 'display_name', 'avatar_url', 'bio', 'status', 'roles'],
  ...['is_active', 'plan', 'plan_features', 'plan_expires_at', 'created_at', 'updated_at', 'last_login_at'],
  'last_seen_at',
];
