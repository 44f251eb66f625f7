import { randomUUID } from 'node:crypto';

const WELL_FORMED = /^[A-Za-z0-9_-]{8,64}$/;

/** The client's own request id when it is well-formed, else a new one. */
export const requestIdOf = (sent: string | string[] | undefined): string =>
  typeof sent === 'string' && WELL_FORMED.test(sent) ? sent : randomUUID();
