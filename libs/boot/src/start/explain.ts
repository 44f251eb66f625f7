import { scrubText } from '../log/scrub.js';
import { StartProblem } from './start-problem.js';

interface SystemError extends Error {
  code?: string;
  address?: string;
  port?: number;
  path?: string;
}

const where = (e: SystemError): string => (e.port ? `${e.address ?? 'this machine'}:${e.port}` : (e.path ?? 'it'));

/** What the operating system means, in words that help. */
const KNOWN: Record<string, (e: SystemError) => [why: string, fix: string]> = {
  EADDRINUSE: (e) => [`${where(e)} is taken`, 'Stop the process that listens there, or set another port.'],
  EADDRNOTAVAIL: (e) => [`${where(e)} is no address of this machine`, 'Set the host to one of its addresses.'],
  EACCES: (e) => [`no permission for ${where(e)}`, 'Run as a user who may, or set another port or path.'],
  ECONNREFUSED: (e) => [`nobody answers at ${where(e)}`, 'Start that server, or mend its address.'],
  ENOTFOUND: (e) => [scrubText(e.message), 'Mend the host name, or the name server of this machine.'],
  ENOSPC: () => ['the disk is full', 'Make room and start again.'],
  EMFILE: () => ['too many open files', 'Raise the limit (ulimit -n) and start again.'],
  ENOENT: (e) => [`${e.path ?? 'a file'} does not exist`, 'Mend the path, or make the file.'],
};

/** Several errors of one attempt (IPv4 and IPv6 of one host) count as the first of them. */
function rootOf(error: unknown): unknown {
  return error instanceof AggregateError && error.errors.length ? rootOf(error.errors[0]) : error;
}

/** Why a start failed, for the person who started it: what, why, what to do. No stack, no secret. */
export function explain(error: unknown): string {
  const root = rootOf(error);
  if (root instanceof StartProblem)
    return `${root.what}:${/^\s/.test(root.why) ? '' : ' '}${scrubText(root.why)}\n${root.fix}\n`;
  const system = root as SystemError;
  const known = system?.code === undefined ? undefined : KNOWN[system.code]?.(system);
  if (known) return `The start failed: ${known[0]}.\n${known[1]}\n`;
  const message = root instanceof Error ? root.message : String(root);
  return `The start failed: ${scrubText(message)}\nSet LOG_LEVEL=debug to see where it came from.\n`;
}
