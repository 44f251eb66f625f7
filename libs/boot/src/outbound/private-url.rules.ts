const THIS_MACHINE = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether what is sent to an address can be read by nobody on the way: it goes by TLS, or stays on this machine. */
export function isPrivateUrl(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || (protocol === 'http:' && THIS_MACHINE.has(hostname));
}
