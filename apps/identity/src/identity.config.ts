import { EnvFile, EnvInt, EnvOneOf, EnvSecret, EnvText, EnvUrl, type ConfigProblem } from '#boot';
import { USERNAME } from '#contracts';
import { ProvidersConfig } from './providers/providers.config.js';

/** What identity is told by its environment. */
export class IdentityConfig extends ProvidersConfig {
  @EnvUrl('PUBLIC_URL', { description: 'Issuer of every token. Never taken from a request.' })
  publicUrl!: string;

  @EnvText('PASSKEY_DOMAIN', {
    default: '',
    description:
      'Domain that passkeys belong to; default: the host of PUBLIC_URL. A parent domain serves several frontends.',
  })
  passkeyDomain!: string;

  @EnvFile('CLIENTS_FILE', { default: 'config/clients.yaml', description: 'Policies of the client applications.' })
  clientsFile!: string;

  @EnvFile('AGENT_FILE', { default: 'config/agent.yaml', description: 'Choices and defaults of agents.' })
  agentFile!: string;

  @EnvFile('BROADCAST_FILE', { default: 'config/broadcast.yaml', description: 'Presets of broadcasts.' })
  broadcastFile!: string;

  @EnvInt('DELETION_GRACE_DAYS', {
    default: 7,
    min: 0,
    max: 90,
    description: 'Days in which a deleted account can be opened again; 0: it is erased at once.',
  })
  deletionGraceDays!: number;

  @EnvFile('ROLES_FILE', { default: 'config/roles.yaml', description: 'Roles, and what each allows its holders.' })
  rolesFile!: string;

  @EnvInt('AUDIT_RETENTION_DAYS', { default: 400, min: 30, max: 36_500, description: 'How long audit entries stay.' })
  auditRetentionDays!: number;

  @EnvText('ADMIN_USERNAME', { default: '', description: 'The first admin. Used only while there is no admin.' })
  adminUsername!: string;

  @EnvSecret('ADMIN_PASSWORD', { default: '', description: 'The first admin’s password; change it afterwards.' })
  adminPassword!: string;

  @EnvInt('ARGON2_MEMORY_KIB', { default: 19_456, min: 19_456, max: 1_048_576, description: 'Memory of one hash.' })
  argon2MemoryKib!: number;

  @EnvInt('ARGON2_PASSES', { default: 2, min: 2, max: 10, description: 'Passes of one hash.' })
  argon2Passes!: number;

  @EnvInt('ARGON2_QUEUE', {
    default: 1_024,
    min: 1,
    max: 100_000,
    description: 'Hashes that may wait for a core; what comes on top is refused at once.',
  })
  argon2Queue!: number;

  @EnvInt('PASSWORD_MIN_LENGTH', { default: 12, min: 8, max: 64, description: 'Shortest password of a new account.' })
  passwordMinLength!: number;

  @EnvInt('RATE_LIMIT_FACTOR', {
    default: 1,
    min: 1,
    max: 100_000,
    description:
      'Multiplies how many codes an address, and all addresses together, may guess. Never those of an account.',
  })
  rateLimitFactor!: number;

  @EnvText('PASSWORD_BREACH_URL', {
    default: '',
    description: 'Range server of stolen passwords, e.g. https://api.pwnedpasswords.com. Empty: nobody is asked.',
  })
  passwordBreachUrl!: string;

  @EnvInt('SIGN_IN_FAILURES_PER_MINUTE', {
    default: 20_000,
    min: 10,
    description: 'Failed sign-ins of all accounts together, after which only known devices sign in for that minute.',
  })
  signInFailuresPerMinute!: number;

  @EnvOneOf('LEGACY_BRIDGE', ['on', 'off'], {
    default: 'on',
    description: 'Whether passwords of imported accounts (table `users`) may still open them. `off`: no side door.',
  })
  legacyBridge!: 'on' | 'off';

  /** Checks value against value. */
  override verify(): ConfigProblem[] {
    return [...super.verify(), ...this.adminProblems()];
  }

  private adminProblems(): ConfigProblem[] {
    const { adminUsername: name, adminPassword: password } = this;
    if (!name !== !password) {
      const missing = name ? 'ADMIN_PASSWORD' : 'ADMIN_USERNAME';
      return [{ name: missing, wrong: 'is missing', fix: 'Set both ADMIN_USERNAME and ADMIN_PASSWORD, or neither.' }];
    }
    if (name && !USERNAME.test(name)) {
      const fix = 'Use 3 to 32 letters, digits, dots, dashes and underscores.';
      return [{ name: 'ADMIN_USERNAME', wrong: 'is not a username', fix }];
    }
    return [];
  }
}
