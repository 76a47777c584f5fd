import { widerOf } from '../network/connection-limit.ts';
import type { Requester } from '../socket/connection.ts';
import type { Scope } from './escalation.ts';

/** What an act is about, as people and other programs write it: an address, or a network with its bits. */
export function writtenAs(scope: Scope, { address, network: { prefix = '' } }: Requester): string {
  if (scope === 'client') return address;
  const ipv6 = prefix.includes(':');
  if (scope === 'prefix') return ipv6 ? `${prefix}::/48` : `${prefix}.0/24`;
  return ipv6 ? `${widerOf(prefix)}::/32` : `${widerOf(prefix)}.0.0/16`;
}
