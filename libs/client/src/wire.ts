/** A person as the person sees it. */
export interface User {
  id: string;
  email: string | null;
  email_verified: boolean;
  username: string;
  display_name: string | null;
  avatar_url: string | null;
  bio: string | null;
  status: 'online' | 'away' | 'busy' | 'invisible';
  roles: string[];
  is_admin: boolean;
  is_active: boolean;
  plan: string;
  plan_expires_at: string | null;
  created_at: string;
  last_login: string | null;
}

/** What a sign-in or a refresh answers. Clients with a cookie get no `refresh_token`. */
export interface TokenSet {
  access_token: string;
  token_type: 'Bearer';
  /** Seconds. */
  expires_in: number;
  refresh_token?: string;
  license_token?: string;
  user: User;
}

/** The password was right; the account wants a second factor at `POST /v1/auth/login/mfa`. */
export interface MfaChallenge {
  mfa_required: true;
  mfa_token: string;
  methods: string[];
}

/** The caller's plan, features and licenses. */
export interface License {
  plan: string;
  features: string[];
  status: string;
  expires_at: string | null;
  max_offline_days: number;
  license_token: string | null;
  licenses: { tier: string; status: string; [member: string]: unknown }[];
}
