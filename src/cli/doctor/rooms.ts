import type { Config } from '../../config/index.ts';
import type { Finding } from './finding.ts';

/** Checks who may start rooms: on a public server, strangers could fill its places and its disk. */
export function starting({ roomsCreate, publicUrl, trustedProxies, acmeDomains, tlsCert }: Config): Finding {
  const what = 'Starting rooms';
  if (roomsCreate !== 'anyone')
    return {
      what,
      state: 'good',
      found:
        roomsCreate === 'local' && publicUrl === undefined && trustedProxies.length === 0
          ? 'anyone who uses this machine as the user who runs the server, accounts with the role host, and the operator (earshot operator link)'
          : roomsCreate === 'operator'
            ? 'the operator (earshot operator link)'
            : 'accounts with the role host, and the operator (earshot operator link)',
    };
  const open = publicUrl !== undefined || trustedProxies.length > 0 || acmeDomains.length > 0 || tlsCert;
  return {
    what,
    state: open ? 'bad' : 'notice',
    found: `anyone who can reach this server${open ? ', which is public' : ''}: strangers can take all its rooms and fill its disk`,
    change:
      'set roomsCreate to local, hosts or operator, and give the link that earshot operator link prints to the people who start rooms',
  };
}
