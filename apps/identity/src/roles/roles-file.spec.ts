import { readFileSync } from 'node:fs';
import { PERMISSIONS } from '#contracts';
import { readRolesFile } from './roles-file.rules.js';

const ADMIN = { description: 'All.', permissions: ['*'] };
const read = (roles: unknown) => readRolesFile(JSON.stringify({ roles }), 'roles.yaml');

describe('roles.yaml', () => {
  it.each<[string, unknown]>([
    ['roles: is no map', []],
    ['roles: is no map', undefined],
    ['admin: has to have every permission', {}],
    ['admin: has to have every permission', { admin: { ...ADMIN, permissions: ['users.read'] } }],
    [
      'helper: users.everything is no permission',
      { admin: ADMIN, helper: { ...ADMIN, permissions: ['users.everything'] } },
    ],
    ['helper: has no list of permissions', { admin: ADMIN, helper: { description: 'Helps.' } }],
    ['helper: has no description', { admin: ADMIN, helper: { permissions: [] } }],
    ['helper: power is not known', { admin: ADMIN, helper: { ...ADMIN, power: 9 } }],
    ['Big Boss: is no name', { admin: ADMIN, 'Big Boss': ADMIN }],
  ])('B-roles: is refused with "%s"', (problem, roles) => {
    expect(() => read(roles)).toThrow(problem);
  });

  it('B-roles: tells everything that is wrong at once, and what is no YAML', () => {
    expect(() => read({ admin: {}, 'Big Boss': {} })).toThrow(/no description[\s\S]*Big Boss[\s\S]*every permission/);
    expect(() => readRolesFile('a: [', 'roles.yaml')).toThrow('roles.yaml');
  });

  it('B-roles: the shipped file gives admins everything and nobody else the power over roles or clients', () => {
    const roles = readRolesFile(readFileSync('config/roles.yaml', 'utf8'), 'config/roles.yaml');
    expect(roles.find((r) => r.name === 'admin')!.permissions).toEqual([...PERMISSIONS]);
    for (const { name, permissions } of roles.filter((r) => r.name !== 'admin')) {
      for (const power of ['users.roles', 'clients.write', 'users.impersonate', 'users.delete']) {
        expect([name, permissions.includes(power)]).toEqual([name, false]);
      }
    }
  });
});
