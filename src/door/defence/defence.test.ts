import { expect, test } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import { silentLog } from '../../base/log.ts';
import { ms } from '../../base/time.ts';
import { find } from '../../http/index.ts';
import { prefixOf, widerOf } from '../network/connection-limit.ts';
import { hashOf } from '../network/requesters.ts';
import type { FinishedRequest } from '../request/finished-request.ts';
import type { Requester } from '../socket/connection.ts';
import type { ActChange } from './acts.ts';
import { readAddressList } from './address-lists.ts';
import { Defence, type DefenceDeps } from './defence.ts';
import type { AskedFor } from './exemptions.ts';
import { DEFENCE } from './thresholds.ts';
import { WaitPasses, withPass } from './wait-pass.ts';

const who = (address: string, agent = 'Browser'): Requester => {
  const prefix = prefixOf(address);
  return {
    ...{ address, agent, proxied: false, forwardedFor: undefined },
    network: { prefix, place: prefix === undefined ? -1 : 0 },
    key: hashOf(agent, hashOf(address, 5)),
    prefixKey: prefix === undefined ? 0 : hashOf(prefix, 5),
    networkKey: prefix === undefined ? 0 : hashOf(widerOf(prefix), 5),
  };
};

const asks =
  (target: string, more: Partial<AskedFor> = {}) =>
  (): AskedFor => {
    const found = find(target.replace(/\?.*/, ''));
    return { address: found?.address, room: found?.room ?? '', target, ...more };
  };

function open(over: Partial<DefenceDeps> = {}) {
  const clock = manualClock();
  const changes: ActChange[] = [];
  const state = { strained: true };
  const defence = new Defence({
    ...{ clock, log: silentLog, mode: 'on', expiry: ms(600_000) },
    passes: new WaitPasses(new Uint8Array(32).fill(1), () => clock.wall()),
    strained: () => state.strained,
    acted: (change) => changes.push(change),
    knowsSession: (token, slug) => token === `session-${slug}`,
    returns: (token, _slug, network) => token === `back-${network}`,
    knowsToken: (token) => token === 'aa.bb.cc',
    ...over,
  });
  const spend = (requester: Requester, cpu: number): void =>
    defence.charge({ requester, cpu, bytes: 1_000, status: 200, path: '/' } as FinishedRequest);
  /** Lets time pass in which `bots` cost 200 ms a second each. */
  const attack = (seconds: number, bots: readonly Requester[], target = '/'): void => {
    for (let s = 0; s < seconds; s += 1) {
      for (const bot of bots) {
        spend(bot, 200_000);
        defence.measure(bot, asks(target));
      }
      clock.advance(1_000);
      defence.turn();
    }
  };
  return { clock, changes, state, defence, spend, attack };
}

const BOTS = [1, 2, 3].map((n) => who(`198.51.${n}.7`, 'flood'));
const bot = BOTS[0] as Requester;

test('those who cost far more than their share are refused within seconds; everybody else is served', () => {
  const { defence, attack, changes, spend } = open();
  const people = Array.from({ length: 300 }, (_, i) => who(`203.${i % 7}.${i}.9`));
  for (let s = 0; s < 30; s += 1) {
    for (const person of people) spend(person, 300);
    attack(1, BOTS);
  }
  expect(BOTS.map((one) => defence.measure(one, asks('/')))).toEqual(['refuse', 'refuse', 'refuse']);
  expect(people.filter((one) => defence.measure(one, asks('/')) !== 'serve')).toEqual([]);
  expect(
    changes.filter(({ scope, who: of }) => scope === 'client' && of === bot.address).map(({ step }) => step),
  ).toEqual(['defer', 'slow', 'wait', 'refuse']);
  expect(changes[0]).toMatchObject({
    change: 'begun',
    mode: 'on',
    reason: expect.stringContaining('of a core'),
  });
});

test('what is never touched: health, feeds, calendars, hosts and speakers, sound that flows', () => {
  const { defence, attack } = open();
  attack(40, BOTS);
  const served = (target: string, more: Partial<AskedFor> = {}) => defence.measure(bot, asks(target, more));
  for (const target of [
    '/healthz',
    '/readyz',
    '/feed.xml',
    '/r/hall/feed.xml',
    '/incidents/feed.xml',
    '/r/hall/event.ics',
  ])
    expect(served(target), target).toBe('serve');
  expect(served('/r/hall/whip', { authorization: 'Bearer aa.bb.cc' })).toBe('serve');
  expect(served('/api/rooms/hall/live', { authorization: 'Bearer aa.bb.cc' })).toBe('serve');
  expect(served('/r/hall/whip', { authorization: 'Bearer xx.yy.zz' })).toBe('refuse');
  expect(served('/r/hall/live/opus64/12.m4s?session=session-hall')).toBe('serve');
  expect(served('/r/hall/live/opus64.m3u8?session=session-hall')).toBe('serve');
  expect(served(`/r/hall/stream?after=3&back=back-${bot.network.prefix}`)).toBe('serve');
  expect(served('/r/hall/live/opus64/12.m4s?session=session-other')).toBe('slow');
  expect(served('/r/hall/stream')).toBe('refuse');
});

test('sound that flows is never more than slowed, live and recorded, whoever asks', () => {
  const { defence, attack } = open();
  attack(40, BOTS);
  const sound = [
    ...['live/opus32/12.m4s', 'live/opus32/12.3.m4s', 'live/opus32/init.mp4', 'live/opus32.m3u8'],
    ...['replay/aac96/160.m4s', 'replay/aac96/160-16.m4s', 'replay/aac96.m3u8', 'replay/main.m3u8'],
  ];
  for (const path of sound) expect(defence.measure(bot, asks(`/r/hall/${path}`)), path).toBe('slow');
  expect(defence.measure(bot, asks('/r/hall/replay.m4a'))).toBe('refuse');
  // Where too many wait already, it comes last.
  for (let i = 0; i < DEFENCE.slowMost; i += 1) defence.later(() => {});
  for (const path of sound) expect(defence.measure(bot, asks(`/r/hall/${path}`)), path).toBe('defer');
});

test('who listens behind a listed proxy is known by the sound alone, and is told to wait at most', () => {
  const { defence, attack } = open();
  const proxied = { ...who('198.51.1.7', 'flood'), proxied: true };
  for (let s = 0; s < 60; s += 1) {
    // opus32, in segments of two seconds.
    if (s % 2 === 0)
      defence.charge({
        ...{ requester: proxied, cpu: 200, bytes: 8_000, status: 200 },
        path: '/r/hall/live/opus32/12.m4s',
      } as FinishedRequest);
    attack(1, [proxied, ...BOTS.slice(1)]);
  }
  expect(defence.measure(proxied, asks('/'))).toBe('wait');
  expect(defence.measure(BOTS[1] as Requester, asks('/'))).toBe('refuse');
});

test('one signature is not a way in for a flood', () => {
  const { defence, attack } = open();
  attack(40, BOTS);
  const target = '/r/hall/live/opus64/12.m4s?session=session-hall';
  const served = Array.from({ length: 5_000 }, () => defence.measure(bot, asks(target))).filter(
    (m) => m === 'serve',
  );
  expect(served.length).toBeGreaterThan(200);
  expect(served.length).toBeLessThan(1_000);
});

test('two thousand people behind one address with five bots among them: those who listen notice nothing, and those who come are served', () => {
  const { defence, clock, spend } = open();
  const agents = Array.from({ length: 40 }, (_, i) => `Phone ${i}`);
  const people = Array.from({ length: 2_000 }, (_, i) => who('203.0.113.5', agents[i % 40]));
  const bots = Array.from({ length: 5 }, (_, i) => who('203.0.113.5', i < 2 ? agents[i] : `flood ${i}`));
  const results = { served: 0, waited: 0, turned: 0 };
  for (let s = 0; s < 60; s += 1) {
    for (const one of bots) {
      spend(one, 150_000);
      defence.measure(one, asks('/r/hall'));
    }
    for (const person of people.slice(s * 33, (s + 1) * 33)) {
      const measure = defence.measure(person, asks('/r/hall'));
      if (measure === 'wait') {
        const pass = defence.pass(person);
        clock.stepWall(DEFENCE.waitSeconds * 1_000);
        const again = defence.measure(person, asks(withPass('/r/hall', pass)));
        const file = defence.measure(
          person,
          asks('/_/main-a1B2c3D4.js', { referer: `https://x/r/hall?wait=${pass}` }),
        );
        if (again === 'serve' && file === 'serve') results.waited += 1;
        else results.turned += 1;
        clock.stepWall(-DEFENCE.waitSeconds * 1_000);
      } else if (measure === 'refuse') {
        results.turned += 1;
        continue;
      } else results.served += 1;
      spend(person, 3_000);
      defence.stream(person, 1);
    }
    clock.advance(1_000);
    defence.turn();
  }
  expect(results.served + results.waited).toBeGreaterThanOrEqual(1_980 * 0.95);
  expect(defence.measure(bots[4] as Requester, asks('/r/hall'))).not.toBe('serve');
  // Whoever listens has a signature, and is served whatever the others do.
  expect(defence.measure(people[0] as Requester, asks('/r/hall/state.json?session=session-hall'))).toBe(
    'serve',
  );
});

test('a client that changes its name all the time is met as its prefix', () => {
  const { defence, attack, clock, spend } = open();
  let n = 0;
  const next = (): Requester => {
    n += 1;
    return who('198.51.100.7', `Agent ${n}`);
  };
  for (let s = 0; s < 60; s += 1) {
    for (let i = 0; i < 300; i += 1) {
      const one = next();
      spend(one, 1_500);
      defence.measure(one, asks('/'));
    }
    clock.advance(1_000);
    defence.turn();
  }
  expect(defence.measure(next(), asks('/'))).toBe('refuse');
  expect(defence.acts.all().map(({ scope, who: of }) => `${scope} ${of}`)).toContain(
    'prefix 198.51.100.0/24',
  );
  expect(defence.measure(who('198.52.101.7'), asks('/'))).toBe('serve');
  attack(0, []);
});

test('with full tables the rest shares one limit, and the operator is told', () => {
  const lines: string[] = [];
  const log = {
    ...silentLog,
    warn: (_: unknown, text: string) => lines.push(text),
  } as unknown as typeof silentLog;
  const { defence, clock, spend } = open({ log, rows: { client: 64, prefix: 64, network: 64 } });
  const flood = Array.from({ length: 2_000 }, (_, i) => who(`198.${i % 250}.${i >> 3}.7`, 'flood'));
  for (let s = 0; s < 40; s += 1) {
    for (const one of flood) {
      spend(one, 5_000);
      defence.measure(one, asks('/'));
    }
    clock.advance(1_000);
    defence.turn();
  }
  const measures = flood.map((one) => defence.measure(one, asks('/')));
  // The 64 with a place of their own are each within what anybody may cost.
  expect(measures.filter((measure) => measure === 'serve').length).toBeLessThanOrEqual(64);
  expect(defence.metrics()).toMatch(/earshot_door_defence_table_overflows_total\{scope="client"\} [1-9]/);
  expect(lines.filter((text) => text.includes('full')).length).toBeGreaterThan(0);
  expect(lines.length).toBeLessThanOrEqual(5);
});

test('log-only writes everything down and does nothing', () => {
  const { defence, attack, changes } = open({ mode: 'log-only' });
  attack(40, BOTS);
  expect(defence.measure(bot, asks('/'))).toBe('serve');
  expect(changes.at(-1)).toMatchObject({ mode: 'log-only', step: 'refuse' });
  expect(defence.metrics()).toMatch(/defence_requests_total\{step="refuse",mode="log-only"\} [1-9]/);
});

test('off does nothing at all', () => {
  const { defence, attack, changes } = open({ mode: 'off' });
  attack(40, BOTS);
  expect(defence.measure(bot, asks('/'))).toBe('serve');
  expect(changes).toEqual([]);
});

test('an act ends by itself, and whoever lifts it ends it at once', () => {
  const { defence, attack, changes, state, clock } = open({ expiry: ms(60_000) });
  attack(40, BOTS);
  state.strained = false;
  attack(30, BOTS);
  expect(changes.filter(({ change, who: of }) => change === 'over' && of === bot.address)).toHaveLength(1);
  expect(defence.measure(bot, asks('/'))).toBe('serve');
  state.strained = true;
  attack(40, BOTS);
  const [network] = readAddressList('198.51.1.0/24').networks;
  expect(network && defence.lift(network)).toBeGreaterThan(0);
  expect(defence.measure(bot, asks('/'))).toBe('serve');
  expect(defence.measure(BOTS[1] as Requester, asks('/'))).not.toBe('serve');
  expect(changes.at(-1)).toMatchObject({ change: 'lifted' });
  clock.advance(1);
});

test("the operator's lists come first", () => {
  const { defence, attack } = open();
  attack(40, BOTS);
  const read = (text: string) => readAddressList(text).networks;
  defence.lists.set(read('198.51.1.0/24'), read('198.51.2.0/24\n203.0.113.9'));
  expect(BOTS.map((one) => defence.measure(one, asks('/')))).toEqual(['serve', 'deny', 'refuse']);
  expect([defence.denies('203.0.113.9'), defence.denies('198.51.1.7')]).toEqual([true, false]);
  expect(defence.metrics()).toContain('earshot_door_defence_denied_total 2');
});

test('this machine has no network and is never limited', () => {
  const { defence, attack } = open();
  attack(40, [who('127.0.0.1', 'flood')]);
  expect(defence.acts.size).toBe(0);
});

test('a step of those who share a row ends by the monotonic clock, and with a lift of everything', () => {
  const { defence, clock, spend, state } = open({
    ...{ expiry: ms(60_000), rows: { client: 8, prefix: 8, network: 8 } },
  });
  const flood = Array.from({ length: 200 }, (_, i) => who(`198.${i}.1.7`, 'flood'));
  const rush = (): void => {
    state.strained = true;
    for (let s = 0; s < 30; s += 1) {
      for (const one of flood) spend(one, 5_000);
      clock.advance(1_000);
      defence.turn();
    }
    state.strained = false;
  };
  const last = flood.at(-1) as Requester;
  rush();
  expect(defence.measure(last, asks('/'))).not.toBe('serve');
  clock.stepWall(-3_600_000);
  clock.advance(60_000);
  defence.turn();
  expect(defence.measure(last, asks('/'))).toBe('serve');
  rush();
  expect(defence.measure(last, asks('/'))).not.toBe('serve');
  const [all] = readAddressList('0.0.0.0/0').networks;
  expect(all && defence.lift(all)).toBeGreaterThan(0);
  expect(defence.measure(last, asks('/'))).toBe('serve');
});
