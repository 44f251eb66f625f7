/** What roles can be given; which role has what stands in `config/roles.yaml`. */
export const PERMISSIONS = [
  'users.read',
  'users.suspend',
  'users.delete',
  'users.roles',
  'users.reset_password',
  'users.impersonate',
  'sessions.read',
  'sessions.end',
  'clients.read',
  'clients.write',
  'roles.read',
  'audit.read',
  'audit.verify',
] as const;
export type PermissionName = (typeof PERMISSIONS)[number];

/** The role that has every permission, and of which there is always at least one holder. */
export const ADMIN_ROLE_NAME = 'admin';
