import { isIP } from 'node:net';

const LINE =
  /^candidate:[^\s]{1,32} 1 udp \d{1,10} ([0-9A-Fa-f.:]{2,45}) (\d{1,5}) typ (?:host|srflx|prflx|relay)\b/i;

/** Remote candidates kept for one session. */
export const MAX_CANDIDATES = 32;

/**
 * Whether a candidate may be handed to ICE: UDP, RTP component, a literal address.
 * Names (`….local` of browsers) are left out, because looking them up would let a stranger make this server ask
 * his name server; such a browser is found when its own checks arrive. Spec: RFC 8839, 5.1.
 */
export function usableCandidate(line: string): boolean {
  const match = LINE.exec(line);
  const [, address = '', port = '0'] = match ?? [];
  return isIP(address) !== 0 && Number(port) > 0 && Number(port) < 65_536 && line.length <= 300;
}

/** The same candidate line at another address. */
export function atAddress(line: string, address: string): string {
  const words = line.split(' ');
  words[4] = address;
  return words.join(' ');
}
