/** The operator's lists of networks, what doors do now, and what is exported of it for other programs. */
import { isIP } from 'node:net';
import { bannedOf, exported, FORMATS } from '../../src/cli/defence/exports.ts';
import { actsIn, networksIn } from '../../src/cli/defence/lists.ts';
import { AddressLists, readAddressList } from '../../src/door/defence/address-lists.ts';
import { target } from './engine/target.ts';

const ACTS = {
  acts: [
    {
      scope: 'client',
      who: '203.0.113.7',
      step: 'refuse',
      mode: 'on',
      reason: 'costs 61 ms',
      since: 1,
      until: 2e12,
    },
    {
      scope: 'prefix',
      who: '2001:db8:1::/48',
      step: 'wait',
      mode: 'log-only',
      reason: 'x',
      since: 1,
      until: 2e12,
    },
  ],
};

export default target({
  covers: ['src/door/defence/address-lists.ts', 'src/cli/defence/exports.ts', 'src/cli/defence/lists.ts'],
  run(bytes) {
    const text = bytes.toString('utf8');
    const { networks, bad } = readAddressList(text);
    if (bad.some((one) => one.text.length > 60)) throw new Error('a bad line that is shown whole');
    const lists = new AddressLists();
    lists.set(networks, networks.slice(1));
    for (const { address } of networks.slice(0, 4))
      if (lists.of(address) !== 'allow') throw new Error(`${address} is on the list, and not allowed`);
    lists.ofClient(text.length | 1, text.slice(0, 45));
    const deny = networksIn(text);
    for (const format of Object.keys(FORMATS) as (keyof typeof FORMATS)[]) {
      const told = exported(format, bannedOf(actsIn(text), { deny, allow: [] }, 2e12), 1.9e12);
      // What other programs read as orders holds networks and times alone.
      if (format !== 'nginx') continue;
      for (const line of told.split('\n').slice(0, -1)) {
        const [, network = ''] = /^(\S+) 1; # until [\d: -]+ UTC$/.exec(line) ?? [];
        if (isIP(network.split('/')[0] ?? '') === 0) throw new Error(`exported: ${JSON.stringify(line)}`);
      }
    }
  },
  seeds: [
    '# ours\n192.0.2.0/24 # a remark\n2001:db8::/48\n198.51.100.7\r\n',
    '::ffff:10.0.0.1/128,10.0.0.0/8,loopback,private',
    JSON.stringify(ACTS),
  ],
  words: [
    '/32',
    '/128',
    '0.0.0.0/0',
    '::/0',
    '::ffff:',
    '%eth0',
    '"who":"',
    '"step":"refuse"',
    '"mode":"on"',
    '"until":',
  ],
});
