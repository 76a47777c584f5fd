import { BlockList, isIP } from 'node:net';

const LINE =
  /^candidate:[^\s]{1,32} 1 udp \d{1,10} ([0-9A-Fa-f.:]{2,45}) (\d{1,5}) typ (?:host|srflx|prflx|relay)\b/i;

/** Remote candidates kept for one session. */
export const MAX_CANDIDATES = 32;

/** Nobody can be there who is not on this machine or this wire. Spec: RFC 6890. */
const NOWHERE = list([
  ...['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', '240.0.0.0/4'],
  ...['::/127', 'fe80::/10', 'ff00::/8', '64:ff9b::/96', '100::/64'],
]);
/** Networks inside a house or a provider. Spec: RFC 1918; RFC 6598; RFC 4193. */
const PRIVATE = list(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7']);

/**
 * Whether a candidate may be handed to ICE: UDP, RTP component, a literal address that a speaker can have. The server
 * sends its checks wherever it is told, so this machine, its wire and groups are left out, and with `behindNat` (we
 * have a public address of our own: a private one is in our own network, not in theirs) private networks too.
 * Names (`….local` of browsers) are left out, because looking them up would let a stranger make this server ask
 * his name server; such a browser is found when its own checks arrive. Spec: RFC 8839, 5.1.
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

/** The same candidate line at another address. */
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
