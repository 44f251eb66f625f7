/** In `amr` (RFC 8176) of every session whose person has shown two factors. */
export const MFA = 'mfa';
/** In `amr` of sessions in which staff see what a person sees; their own factors were asked for. */
export const IMPERSONATION = 'impersonation';

/** With any of these in `amr` a session may begin in an account that asks for a second factor. */
export const SUFFICIENT: readonly string[] = [MFA, IMPERSONATION];
