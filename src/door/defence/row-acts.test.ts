import { expect, test } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import { silentLog } from '../../base/log.ts';
import { ms } from '../../base/time.ts';
import { find } from '../../http/index.ts';
import { prefixOf, widerOf } from '../network/connection-limit.ts';
import { hashOf } from '../network/requesters.ts';
import type { FinishedRequest } from '../request/finished-request.ts';
import type { Requester } from '../socket/connection.ts';
import { type ActChange, REST } from './acts.ts';
import { readAddressList } from './address-lists.ts';
import { Defence, type DefenceDeps } from './defence.ts';
import { Exemptions } from './exemptions.ts';
import { DEFENCE } from './thresholds.ts';
import { WaitPasses, withPass } from './wait-pass.ts';

const who = (address: string, agent = 'Browser'): Requester => {
  const prefix = prefixOf(address) ?? '';
  return {
    ...{ address, agent, proxied: false, forwardedFor: undefined, network: { prefix, place: 0 } },
    key: hashOf(agent, hashOf(address, 5)),
    prefixKey: hashOf(prefix, 5),
    networkKey: hashOf(widerOf(prefix), 5),
  };
};

/** A strained door; `second` lets each of these cost so much in a second, and ask once. */
function open(over: Partial<DefenceDeps> = {}) {
  const clock = manualClock();
  const changes: ActChange[] = [];
  const defence = new Defence({
    ...{ clock, log: silentLog, mode: 'on', expiry: ms(600_000), strained: () => true },
    passes: new WaitPasses(new Uint8Array(32).fill(1), () => clock.wall()),
    acted: (change) => changes.push(change),
    ...over,
  });
  const home = { address: find('/')?.address, room: '', target: '/' };
  const second = (those: Iterable<readonly [Requester, number]>): void => {
    for (const [requester, cpu] of those) {
      defence.charge({ requester, cpu, bytes: 0, status: 200, path: '/' } as FinishedRequest);
      defence.measure(requester, () => home);
    }
    clock.advance(1_000);
    defence.turn();
  };
  return { clock, changes, defence, second };
}

/** A /24 with three bots, and somebody who changes the name of a browser with each request; 700 ms a second in all. */
const met = (second: number): (readonly [Requester, number])[] => [
  ...[1, 2, 3].map((n) => [who('198.51.1.7', `bot ${n}`), 200_000] as const),
  ...Array.from({ length: 100 }, (_, i) => [who('198.51.1.8', `Browser ${second} ${i}`), 1_000] as const),
];
/** Others of the same /16, each in a /24 of their own: 3 ms a second each. */
const others = (count: number): (readonly [Requester, number])[] =>
  Array.from({ length: count }, (_, i) => [who(`198.51.${20 + i}.7`), 3_000] as const);
const actsOf = (changes: readonly ActChange[]): string[] => [
  ...new Set(changes.map(({ scope, who: of }) => `${scope} ${of}`)),
];

test('a network is met for what its others cost, without those of its clients and prefixes that are met already', () => {
  const { changes, second } = open();
  for (let s = 0; s < 60; s += 1) second([...met(s), ...others(50)]);
  expect(actsOf(changes)).toEqual(expect.arrayContaining(['client 198.51.1.7', 'prefix 198.51.1.0/24']));
  // 850 ms a second, of which 150 are not met: less than a network may cost. It was met only until those were.
  expect(changes.filter(({ scope }) => scope === 'network').at(-1)?.change ?? 'over').toBe('over');
});

test('a client of a prefix that is met is taken off its network once, and not twice', () => {
  const { defence, second } = open();
  // 1,000 ms a second, of which 300 are not met. Taken off twice, nothing would be left.
  for (let s = 0; s < 60; s += 1) second([...met(s), ...others(100)]);
  expect(defence.acts.all().map(({ scope, step }) => `${scope} ${step}`)).toContain('network defer');
  expect(defence.acts.all().some(({ scope, who: of }) => scope === 'prefix' && of === '198.51.1.0/24')).toBe(
    true,
  );
});

test('what is done about all who share a row is written down like any act, and lifted by its name', () => {
  const { defence, changes, second } = open({ rows: { client: 8, prefix: 8, network: 8 } });
  const flood = Array.from({ length: 200 }, (_, i) => [who(`198.${i}.1.7`, 'flood'), 5_000] as const);
  for (let s = 0; s < 30; s += 1) second(flood);
  const [last] = flood.at(-1) ?? [];
  const measure = (): string =>
    defence.measure(last as Requester, () => ({ address: find('/')?.address, room: '', target: '/' }));
  expect(measure()).not.toBe('serve');
  const rest = changes.filter(({ who: of }) => of === REST);
  expect(rest[0]).toMatchObject({ change: 'begun', scope: 'client', step: 'defer', mode: 'on' });
  expect(rest[0]?.reason).toContain('of a core');
  expect(defence.acts.all().map(({ who: of }) => of)).toContain(REST);
  // A network is not lifted with it, nor it with a network.
  const [network] = readAddressList('198.199.1.0/24').networks;
  if (network) defence.lift(network);
  expect(measure()).not.toBe('serve');
  expect(defence.lift(REST)).toBeGreaterThan(0);
  expect(measure()).toBe('serve');
  expect(changes.filter(({ who: of, change }) => of === REST && change === 'lifted').length).toBeGreaterThan(
    0,
  );
  expect(defence.acts.all().map(({ who: of }) => of)).not.toContain(REST);
  expect(defence.lift(REST)).toBe(0);
});

test('the prefixes that cost most are told by names from which nobody learns the network', () => {
  const { defence, second } = open();
  for (let s = 0; s < 20; s += 1)
    second([...Array(12).keys()].map((i) => [who(`203.0.${i}.7`), 5_000 * (1 + i)]));
  const lines = defence
    .metrics()
    .split('\n')
    .filter((line) => line.startsWith('earshot_door_defence_prefix_cost_ratio'));
  expect(lines).toHaveLength(8);
  const costs = lines.map((line) => Number(line.split(' ').at(-1)));
  expect(costs).toEqual(costs.toSorted((a, b) => b - a));
  expect(costs[0]).toBeCloseTo(0.045, 1);
  expect(lines.join('\n')).not.toContain('203.0');
});

const target = '/r/hall/state.json';
const asked = (query: string, authorization?: string) => ({
  ...{ address: find(target)?.address, room: 'hall', target: `${target}${query}`, authorization },
});

test('each kind of signature has a pace of its own: a flood of one takes nothing from another', () => {
  const clock = manualClock();
  const passes = new WaitPasses(new Uint8Array(32).fill(1), () => clock.wall());
  const exemptions = () =>
    new Exemptions({
      passes,
      knowsSession: (token) => token.startsWith('session-'),
      returns: (token) => token.startsWith('back-'),
      knowsToken: (token) => token === 'aa.bb.cc',
    });
  const one = who('203.0.113.7');
  const pass = passes.give(one.network.prefix ?? '');
  clock.stepWall(DEFENCE.waitSeconds * 1_000);
  const withTheirs = {
    session: () => asked('?session=session-1'),
    pass: () => ({ ...asked(''), target: withPass(target, pass) }),
    token: () => asked('', 'Bearer aa.bb.cc'),
  };
  const kinds = Object.keys(withTheirs) as (keyof typeof withTheirs)[];
  for (const flooded of kinds) {
    const tried = exemptions();
    for (let i = 0; i < 20_000; i += 1) tried.frees(one, withTheirs[flooded](), 0);
    const freed = kinds.filter((kind) => tried.frees(one, withTheirs[kind](), 0));
    expect(freed, flooded).toEqual(kinds.filter((kind) => kind !== flooded));
  }
});

test('a prefix collects no more sessions than it has people for, and its passes go on', () => {
  const clock = manualClock();
  const passes = new WaitPasses(new Uint8Array(32).fill(1), () => clock.wall());
  const exemptions = new Exemptions({ passes, knowsSession: () => true });
  const one = who('203.0.113.7');
  let freed = 0;
  for (let i = 0; i < 20_000; i += 1) if (exemptions.frees(one, asked(`?session=s${i}`), 0)) freed += 1;
  const mean = DEFENCE.provenRate * DEFENCE.fewPeople * (DEFENCE.halfLifeMs / 1_000 / Math.LN2);
  expect(freed).toBeGreaterThan(mean * 0.9);
  expect(freed).toBeLessThan(mean * 1.1);
  const pass = passes.give(one.network.prefix ?? '');
  clock.stepWall(DEFENCE.waitSeconds * 1_000);
  expect(exemptions.frees(one, { ...asked(''), target: withPass(target, pass) }, 0)).toBe(true);
});
