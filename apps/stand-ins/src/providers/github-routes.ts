import { randomBytes } from 'node:crypto';
import type { StandInRequest, StandInRoutes } from '../http/http-stand-in.js';
import type { Desk } from './desk.js';
import { authorize, redeem } from './oauth-desk.js';
import type { Person } from './person.js';

const HOUSE_ADDRESS = 'users.noreply.github.com';

/** GitHub: `/login/oauth` and the two reads of its API that a sign-in needs. */
export function githubRoutes(desk: Desk): StandInRoutes {
  const tokens = new Map<string, Person>();
  const holder = ({ headers }: StandInRequest) => tokens.get((headers.authorization ?? '').replace(/^Bearer /, ''));
  const read = (path: string, view: (person: Person) => unknown) => (request: StandInRequest) =>
    desk.answer('github', path, () => {
      const person = holder(request);
      return person ? { json: view(person) } : { status: 401, json: { message: 'Bad credentials' } };
    });
  return {
    'GET /github/login/oauth/authorize': (request) => authorize(desk, 'github', request),
    'POST /github/login/oauth/access_token': (request) =>
      desk.answer('github', 'token', () => {
        const issued = redeem(desk, 'github', request);
        // As GitHub does: 200, whatever is wrong.
        if (!issued) return { json: { error: 'bad_verification_code' } };
        const access_token = `gho_${randomBytes(18).toString('hex')}`;
        tokens.set(access_token, issued.person);
        return { json: { access_token, token_type: 'bearer', scope: 'user:email' } };
      }),
    'GET /github/api/user': read('user', ({ id, login, name }) => ({ id: Number(id), login, name })),
    'GET /github/api/user/emails': read('emails', ({ email, email_verified: verified, login }) =>
      email === null
        ? []
        : [
            { email: `${login}@${HOUSE_ADDRESS}`, primary: false, verified: true, visibility: null },
            { email, primary: true, verified, visibility: 'private' },
          ],
    ),
  };
}
