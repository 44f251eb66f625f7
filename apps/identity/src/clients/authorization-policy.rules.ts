import { ACCOUNT_SCOPE, OFFLINE_SCOPE, type ClientPolicy } from '#contracts';

/** RFC 6749 §3.3. */
const SCOPE = /^[\x21\x23-\x5B\x5D-\x7E]{1,64}$/;
/** `sha256:` and 32 bytes, base64url: secrets are long and random, so a slow hash would add nothing. */
const SECRET_HASH = /^sha256:[A-Za-z0-9_-]{43}$/;
const LOOPBACK = /^http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost)(?:[:/]|$)/;
/** A private-use scheme in reverse domain order (RFC 8252 §7.1). */
const PRIVATE_USE = /^[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:\/(?!\/)/;

/** Whether a code may be sent there: https, a native app's loopback address or scheme; never with a wildcard. */
const takesCodes = (uri: string): boolean =>
  !/[*#\s]/.test(uri) && URL.canParse(uri) && (/^https:\/\//.test(uri) || LOOPBACK.test(uri) || PRIVATE_USE.test(uri));

export const isPrivateUseRedirect = (uri: string): boolean => PRIVATE_USE.test(uri) && takesCodes(uri);

/** What is wrong with a policy's part about OAuth, in sentences. */
export function authorizationProblems(p: ClientPolicy, secretHashes: readonly string[]): string[] {
  const codes = p.grants.includes('authorization_code');
  const wrong: [boolean, string][] = [
    [p.confidential && !secretHashes.length, 'confidential and secret_hashes is empty'],
    [!p.confidential && secretHashes.length > 0, 'it has secret_hashes and is not confidential'],
    [secretHashes.length > 2, 'secret_hashes has more than the current and the next one'],
    [secretHashes.some((hash) => !SECRET_HASH.test(hash)), 'secret_hashes has something that is no `sha256:` hash'],
    [codes && !p.redirects.length, 'authorization_code needs redirects'],
    [codes && !p.scopes.length, 'authorization_code needs scopes'],
    [p.scopes.includes(ACCOUNT_SCOPE) && !p.first_party, `the scope ${ACCOUNT_SCOPE} is for first-party clients`],
    [p.scopes.includes(OFFLINE_SCOPE) && !p.grants.includes('refresh'), `${OFFLINE_SCOPE} needs the grant refresh`],
    ...p.scopes.map((s): [boolean, string] => [!SCOPE.test(s), `${s} is no scope`]),
    ...[...(codes ? p.redirects : []), ...p.post_logout_redirects].map((uri): [boolean, string] => [
      !takesCodes(uri),
      `${uri} is no address that codes may be sent to`,
    ]),
  ];
  return wrong.filter(([applies]) => applies).map(([, text]) => text);
}
