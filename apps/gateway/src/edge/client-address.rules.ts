import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';

/** Decides whether a hop's `X-Forwarded-For` is believed. */
export type TrustsHop = (address: string) => boolean;

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv4(address) ? 'ipv4' : 'ipv6');

/** An IPv4 address that came through a dual-stack socket, as IPv4. */
const unmapped = (address: string): string =>
  address.startsWith('::ffff:') && isIPv4(address.slice(7)) ? address.slice(7) : address;

function addRange(list: BlockList, range: string): void {
  const [address = '', bits] = range.split('/');
  if (!isIP(address)) throw new Error('no address');
  if (bits === undefined) return list.addAddress(address, familyOf(address));
  if (!/^\d{1,3}$/.test(bits)) throw new Error('no prefix length');
  list.addSubnet(address, Number(bits), familyOf(address));
}

/** Whether `range` is neither an address nor a CIDR range. */
export function cidrProblem(range: string): boolean {
  try {
    addRange(new BlockList(), range);
    return false;
  } catch {
    return true;
  }
}

/** Hops in `ranges` are trusted; undefined when there are none, so that the header is never looked at. */
export function trustedHops(ranges: readonly string[]): TrustsHop | undefined {
  if (!ranges.length) return undefined;
  const list = new BlockList();
  for (const range of ranges) addRange(list, range);
  return (address) => isIP(address) !== 0 && list.check(address, familyOf(address));
}

/**
 * The client's address: the last hop that is not one of our own proxies, read from the right (R-BF4).
 * @param peer address of the connection
 * @param forwarded `X-Forwarded-For`
 */
export function clientAddress(peer: string | undefined, forwarded: string | undefined, trusts?: TrustsHop): string {
  let address = unmapped(peer ?? '');
  if (!trusts || forwarded === undefined) return address;
  const hops = forwarded.split(',');
  while (trusts(address) && hops.length) {
    const next = unmapped(hops.pop()!.trim());
    // What is no address was not written by a proxy of ours.
    if (!isIP(next)) break;
    address = next;
  }
  return address;
}

/** What limits count by: an IPv4 address, or the /64 that one IPv6 customer has. */
export function addressBlock(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('%', 1)[0]!.split('::');
  const left = head ? head.split(':') : [];
  const right = tail ? tail.split(':') : [];
  const groups =
    tail === undefined ? left : [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((g) => parseInt(g, 16).toString(16))
    .join(':')}::/64`;
}
