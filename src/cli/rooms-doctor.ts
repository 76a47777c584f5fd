import type { Config } from '../config/index.ts';
import type { Finding } from './finding.ts';

/** Looks at who may start rooms: strangers on a server that they can reach fill its places and its disk. */
export function starting({ roomsCreate, publicUrl, trustedProxies, acmeDomains, tlsCert }: Config): Finding {
  const what = 'Starting rooms';
  if (roomsCreate !== 'anyone')
    return {
      what,
      state: 'good',
      found:
        roomsCreate === 'local' && publicUrl === undefined && trustedProxies.length === 0
          ? 'whoever uses this machine as the user who runs the server, and the operator (earshot operator link)'
          : 'the operator (earshot operator link)',
    };
  const open = publicUrl !== undefined || trustedProxies.length > 0 || acmeDomains.length > 0 || tlsCert;
  return {
    what,
    state: open ? 'bad' : 'notice',
    found: `everyone who reaches this server${open ? ', which is a public one' : ''}: strangers can fill all its places and its disk`,
    change:
      'roomsCreate = local or operator, and give the link of earshot operator link to those who start rooms',
  };
}
