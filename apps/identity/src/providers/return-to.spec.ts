import { chooseReturn, type Frontends } from './return-to.rules.js';

const publicUrl = 'https://accounts.example.test';
const policy = { redirects: ['https://app.example/cb?x=1', 'https://app.example/two'], origins: [] };
const frontends = (more: Partial<Frontends> = {}): Frontends => ({ policy, localOrigins: [], publicUrl, ...more });

it('R-SE14: the first listed address is the default', () => {
  expect(chooseReturn(undefined, frontends())).toBe('https://app.example/cb?x=1');
  expect(chooseReturn('https://app.example/two', frontends())).toBe('https://app.example/two');
});

it('R-SE14: local frontends count where they are given, with the paths of the listed ones', () => {
  const local = frontends({ localOrigins: ['http://localhost:5173'] });
  expect(chooseReturn('http://localhost:5173/cb?x=1', local)).toBe('http://localhost:5173/cb?x=1');
  expect(() => chooseReturn('http://localhost:5173/other', local)).toThrow('return_to');
  expect(() => chooseReturn('http://localhost:5173/cb?x=1', frontends())).toThrow('return_to');
});

it('E-oauth.handoff: where a stand-in serves the frontends, it is the default, and the listed ones stay allowed', () => {
  const standIn = 'http://127.0.0.1:4010/arrival';
  const developing = frontends({ standIn });
  expect(chooseReturn(undefined, developing)).toBe(standIn);
  expect(chooseReturn('https://app.example/cb?x=1', developing)).toBe('https://app.example/cb?x=1');
  expect(() => chooseReturn(`${standIn}/other`, developing)).toThrow('return_to');
  expect(chooseReturn(undefined, frontends({ standIn, policy: { redirects: [], origins: [] } }))).toBe(`${publicUrl}/`);
});

it('E-oauth.handoff: a client without frontends returns to our own page', () => {
  const own = frontends({ policy: { redirects: [], origins: [] } });
  expect(chooseReturn(undefined, own)).toBe(`${publicUrl}/`);
  expect(() => chooseReturn('https://app.example/two', own)).toThrow('return_to');
});
