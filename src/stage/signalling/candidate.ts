import { BlockList, isIP } from 'node:net';

const LINE =
  /^candidate:[^\s]{1,32} 1 udp \d{1,10} ([0-9A-Fa-f.:]{2,45}) (\d{1,5}) typ (?:host|srflx|prflx|relay)\b/i;

/** Limit of remote candidates kept for one session. */
export const MAX_CANDIDATES = 32;

/** Networks in which only this machine or its own link can be. Spec: RFC 6890. */
const NOWHERE = list([
  ...['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', '240.0.0.0/4'],
  ...['::/127', 'fe80::/10', 'ff00::/8', '64:ff9b::/96', '100::/64'],
]);
/** Private networks of a site or a provider. Spec: RFC 1918; RFC 6598; RFC 4193. */
const PRIVATE = list(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7']);

/**
 * Whether a candidate may be passed to ICE. It must be UDP, the RTP component, and a literal address that a speaker can
 * have. The server sends its checks to any address it is given, so addresses of this machine, its link and multicast
 * groups are refused. With `behindNat` private networks are refused too: we then have a public address, and a private
 * one would be in our own network. Names (`….local` of browsers) are refused, because a client could otherwise make
 * this server query the client's name server; such a browser is found when its own checks arrive. Spec: RFC 8839, 5.1.
 */
export function usableCandidate(line: string, behindNat = false): boolean {
  if (line.length > 300) return false;
  const match = LINE.exec(line);
  const [, address = '', port = '0'] = match ?? [];
  const family = isIP(address);
  if (family === 0 || Number(port) === 0 || Number(port) > 65_535) return false;
  const kind = family === 6 ? 'ipv6' : 'ipv4';
  return !NOWHERE.check(address, kind) && !(behindNat && PRIVATE.check(address, kind));
}

/** A candidate line with its address replaced. */
export function atAddress(line: string, address: string): string {
  const words = line.split(' ');
  words[4] = address;
  return words.join(' ');
}

function list(networks: readonly string[]): BlockList {
  const made = new BlockList();
  for (const network of networks) {
    const [address = '', bits = ''] = network.split('/');
    made.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return made;
}
