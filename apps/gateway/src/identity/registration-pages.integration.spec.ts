import { EmailTaken, EndAuthorization, PasswordTooWeak, RegisterUser } from '#contracts';
import { Edge, PUBLIC_URL, type Got, type RunningGateway } from '../../test/gateway-under-test.js';

let edge: Edge;
let gateway: RunningGateway;
beforeAll(async () => {
  edge = await Edge.start();
  gateway = await edge.gateway();
});
afterAll(() => edge?.stop());
beforeEach(() => {
  edge.neighbours.forget();
  edge.neighbours.on(EndAuthorization, () => ({ session_ids: [] }));
});

const OWN = { origin: PUBLIC_URL, 'sec-fetch-site': 'same-origin' };
const who = { email: 'ada@example.com', username: 'ada', password: 'a lantern in the long grass' };
const make = (form: Record<string, string>, headers: Record<string, string> = OWN): Promise<Got> =>
  gateway.call('POST', '/signin/new', { form, headers });

describe('the page to make an account at', () => {
  it('C-user.register: is linked from the sign-in page, with where it goes on', async () => {
    const { text } = await gateway.call('GET', '/signin?return_to=/device');
    expect(text).toContain('<a href="/signin/new?return_to=%2Fdevice">');
    const page = await gateway.call('GET', '/signin/new?return_to=/device');
    expect(page.text).toContain('value="/device"');
    expect(page.text).toContain('autocomplete="new-password"');
  });

  it('C-user.register R-SE2: makes it, signs it in, and the session before is over', async () => {
    const got = await make({ ...who, return_to: '/device' }, { ...OWN, cookie: '__Host-pages=the-cookie' });
    expect([got.status, got.headers.get('location')]).toEqual([303, '/device']);
    expect(got.headers.get('set-cookie')).toContain('__Host-pages=refresh-of-web');
    expect(edge.neighbours.last(RegisterUser)!.input).toEqual({ ...who, client_id: 'web' });
    expect(edge.neighbours.last(EndAuthorization)!.input).toEqual({ session_token: 'the-cookie' });
  });

  it('says everything that is wrong at once, and gives back what was typed but the password', async () => {
    const got = await make({ email: '"><script>x', username: 'a', password: 'secret words' });
    expect([got.status, got.headers.get('set-cookie')]).toEqual([400, null]);
    expect(got.text.match(/<li>/g)!.length).toBeGreaterThanOrEqual(2);
    expect(got.text).toContain('value="&quot;&gt;&lt;script&gt;x"');
    expect(got.text).not.toContain('secret words');
    expect(edge.neighbours.last(RegisterUser)).toBeUndefined();
  });

  it.each([EmailTaken, PasswordTooWeak])('shows the form again: %#', async (refusal) => {
    edge.neighbours.on(RegisterUser, () => {
      throw refusal.with();
    });
    const got = await make(who);
    expect([got.status, got.text.includes(refusal.title)]).toEqual([400, true]);
  });

  it('R-EN1: where addresses are proven first, everybody is sent to the mail', async () => {
    edge.neighbours.on(RegisterUser, () => ({ verification_required: true }) as never);
    const got = await make(who);
    expect([got.status, got.headers.get('set-cookie')]).toEqual([200, null]);
    expect(got.text).toContain('Look into your mail');
  });

  it('R-SE9: takes no form of another site', async () => {
    const got = await make(who, { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' });
    expect([got.status, got.headers.get('set-cookie')]).toEqual([403, null]);
    expect(edge.neighbours.last(RegisterUser)).toBeUndefined();
  });
});
