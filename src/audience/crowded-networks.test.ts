import { expect, test } from 'vitest';
import { chance } from '../../test/chance.ts';
import type { MessageHead } from '../wire/feed.ts';
import { writeNetworkKeys } from '../wire/listening/network-keys.ts';
import { CrowdedNetworks } from './crowded-networks.ts';
import { MOST_KEYS_PER_NETWORK } from './rules.ts';
import { NetworkKeys } from './tables/network-keys.ts';

const NETWORK = 0xdead_beef;
const keys = (from: number, many: number) => Array.from({ length: many }, (_, i) => from + i);

/** What door `index` says. */
function say(
  to: CrowdedNetworks,
  index: number,
  what: { came?: number[]; left?: number[]; life?: string; whole?: true },
) {
  const { came = [], left = [], life = 'a', whole } = what;
  const head: Extract<MessageHead, { kind: 'networks' }> = {
    ...{ kind: 'networks', door: `door-${index}`, index, life },
    ...(whole ? { whole } : {}),
  };
  const changes = [
    ...came.map((key) => ({ network: NETWORK, key, came: true })),
    ...left.map((key) => ({ network: NETWORK, key, came: false })),
  ];
  to.receive(head, writeNetworkKeys(changes));
}
const told = (from: CrowdedNetworks): number[] | undefined => {
  const [news] = from.news();
  return news && [...new Uint32Array(Uint8Array.from(news.body).buffer)];
};

test('a network with too many listeners is found when no door alone has too many', () => {
  const crowded = new CrowdedNetworks();
  say(crowded, 0, { came: keys(1, 12) });
  say(crowded, 1, { came: keys(100, MOST_KEYS_PER_NETWORK - 12) });
  expect(told(crowded)).toBeUndefined();
  say(crowded, 1, { came: [999] });
  expect(told(crowded)).toEqual([NETWORK]);
  expect(told(crowded)).toBeUndefined();
  say(crowded, 0, { left: [1] });
  expect(told(crowded)).toEqual([]);
});

test('a listener at two doors is one, and is gone when both have lost him', () => {
  const crowded = new CrowdedNetworks();
  for (const door of [0, 1]) say(crowded, door, { came: keys(1, MOST_KEYS_PER_NETWORK) });
  expect(told(crowded)).toBeUndefined();
  say(crowded, 0, { came: [77] });
  expect(told(crowded)).toEqual([NETWORK]);
  say(crowded, 0, { left: [1] });
  expect(told(crowded)).toBeUndefined();
  say(crowded, 1, { left: [1] });
  expect(told(crowded)).toEqual([]);
});

test('a door that begins anew, or says everything again, is not counted twice', () => {
  const crowded = new CrowdedNetworks();
  say(crowded, 0, { came: keys(1, MOST_KEYS_PER_NETWORK + 5) });
  expect(told(crowded)).toEqual([NETWORK]);
  say(crowded, 0, { came: keys(1, 3), life: 'b' });
  expect(told(crowded)).toEqual([]);
  expect(crowded.size).toBe(3);
  say(crowded, 0, { came: keys(1, 4), life: 'b', whole: true });
  expect(crowded.size).toBe(4);
});

test('the table of keys says the same as one that is written plainly', () => {
  const random = chance(11);
  const table = new NetworkKeys();
  const plain = new Map<string, Set<number>>();
  for (let turn = 0; turn < 60_000; turn += 1) {
    const [network, key, door] = [40, 60, 4].map((most) => Math.floor(random() * most)) as [
      number,
      number,
      number,
    ];
    const name = `${network} ${key}`;
    const doors = plain.get(name) ?? new Set();
    if (random() < 0.5) {
      table.add(network, key, door);
      plain.set(name, doors.add(door));
    } else {
      table.remove(network, key, door);
      doors.delete(door);
      if (doors.size === 0) plain.delete(name);
    }
    if (turn === 30_000) {
      table.forget(2);
      for (const [one, at] of plain) if (at.delete(2) && at.size === 0) plain.delete(one);
    }
  }
  expect(table.size).toBe(plain.size);
  for (let network = 0; network < 40; network += 1)
    expect(table.keysOf(network)).toBe(
      [...plain.keys()].filter((name) => name.startsWith(`${network} `)).length,
    );
});
