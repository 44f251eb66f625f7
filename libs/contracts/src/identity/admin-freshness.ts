/** Seconds since staff last showed a credential, at most, to look at something (R-AD2): a working day. */
export const READ_MAX_AGE = 8 * 3_600;
/** The same for whatever changes something. */
export const CHANGE_MAX_AGE = 15 * 60;
