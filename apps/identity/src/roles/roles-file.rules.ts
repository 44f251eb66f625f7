import { parse as parseYaml } from 'yaml';
import { StartProblem } from '#boot';
import { ADMIN_ROLE_NAME, PERMISSIONS, type Role } from '#contracts';

const NAME = /^[a-z][a-z0-9_-]{1,31}$/;
const ALL = '*';

/**
 * Reads and checks the whole file.
 * @throws StartProblem that tells everything that is wrong with it
 */
export function readRolesFile(text: string, path: string): Role[] {
  const problems: string[] = [];
  const roles = Object.entries(membersOf(text, path)).map(([name, entry]) => readRole(name, entry, problems));
  const admin = roles.find((role) => role.name === ADMIN_ROLE_NAME);
  const lacking = PERMISSIONS.filter((permission) => !admin?.permissions.includes(permission));
  if (lacking.length) problems.push(`${ADMIN_ROLE_NAME}: has to have every permission; write permissions: ['*']`);
  if (problems.length) throw unusable(path, problems);
  return roles;
}

function readRole(name: string, entry: unknown, problems: string[]): Role {
  const { description, permissions, ...rest } = (entry ?? {}) as Record<string, unknown>;
  const listed = Array.isArray(permissions) ? permissions.map(String) : [];
  if (!NAME.test(name)) problems.push(`${name}: is no name for a role; use small letters, digits, - and _`);
  if (typeof description !== 'string' || !description) problems.push(`${name}: has no description`);
  if (!Array.isArray(permissions)) problems.push(`${name}: has no list of permissions`);
  for (const member of Object.keys(rest)) problems.push(`${name}: ${member} is not known`);
  for (const permission of listed) {
    if (permission !== ALL && !(PERMISSIONS as readonly string[]).includes(permission)) {
      problems.push(`${name}: ${permission} is no permission`);
    }
  }
  return { name, description: String(description), permissions: listed.includes(ALL) ? [...PERMISSIONS] : listed };
}

function membersOf(text: string, path: string): Record<string, unknown> {
  try {
    const { roles } = (parseYaml(text) ?? {}) as { roles?: unknown };
    if (typeof roles === 'object' && roles !== null && !Array.isArray(roles)) return roles as Record<string, unknown>;
  } catch (error) {
    throw unusable(path, [(error as Error).message.split('\n')[0]!]);
  }
  throw unusable(path, ['roles: is no map of roles']);
}

const unusable = (path: string, lines: string[]): StartProblem =>
  new StartProblem({
    what: `The roles in ${path} cannot be used`,
    why: `\n${lines.map((line) => `  ${line}`).join('\n')}`,
    fix: `Mend the file and start again. Permissions: ${PERMISSIONS.join(', ')}.`,
  });
