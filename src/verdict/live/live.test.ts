import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { EVENING_START, makeEvening } from '../../../test/evening/evening.ts';
import { judgeEvening } from '../../../test/evening/judged-evening.ts';
import { KINDS, planOf } from '../../../test/evening/kinds.ts';
import { addressIn, slotsOf } from '../../../test/evening/slots-of.ts';
import { SlotKeeping } from './kept-slot.ts';
import { SLOT_MS } from './request-slot.ts';
import { RequestSummary } from './request-summary.ts';
import { verdictOfSlots } from './slots-verdict.ts';

const evening = (name: string, seed = 7) => {
  const kind = KINDS.find((each) => each.name === name);
  if (!kind) throw new Error(name);
  return { kind, requests: makeEvening(planOf(kind, seed)) };
};
const hex = (text: string): string => createHash('sha256').update(text).digest('hex');

test.each([
  'normal evening',
  'naive flood: hulk',
  'half crowd, half lowRate',
  'own fault under a crowd: errors',
  'crowd behind one address',
])('doors see the same as their access log would have: %s', (name) => {
  const { kind, requests } = evening(name);
  const log = judgeEvening(requests, kind.format).verdict;
  const live = verdictOfSlots(slotsOf(requests, 2, log.log.durations));
  expect(kind.labels).toContain(live.label);
  expect([live.label, live.caused]).toEqual([log.label, log.caused]);
  for (const what of ['cost', 'requests'] as const)
    expect(live.hostile[what].share).toBeCloseTo(log.hostile[what].share ?? Number.NaN, 1);
});

test('slots in another order and told twice give the same bytes; addresses are in none of them', () => {
  const { requests } = evening('naive flood: wrk');
  const slots = slotsOf(requests);
  const verdict = JSON.stringify(verdictOfSlots(slots));
  expect(JSON.stringify(verdictOfSlots([...slots.toReversed(), ...slots.slice(0, 40)]))).toBe(verdict);
  const text = JSON.stringify(slots) + verdict;
  const addresses = [...new Set(requests.map(({ address }) => address))];
  expect(addresses.length).toBeGreaterThan(100);
  expect(addresses.filter((address) => text.includes(address))).toEqual([]);
  const [attacker] = requests.filter(({ truth }) => truth === 'attacker');
  expect(verdictOfSlots(slots).clients.find(({ class: is }) => is === 'attacker')?.address).toBe(
    addressIn(attacker?.address ?? ''),
  );
});

test('slots that are missing are said, and no cause is named without them', () => {
  const { requests } = evening('flood that takes the server down', 21);
  const slots = slotsOf(requests);
  const whole = verdictOfSlots(slots);
  expect([whole.complete, whole.caused]).toEqual([1, true]);
  const flood = Date.parse(whole.window.from ?? '');
  const less = slots.filter(({ at }) => at < flood + 60_000 || at >= flood + 120_000);
  const partial = verdictOfSlots(less);
  expect(partial.complete).toBeLessThan(0.99);
  expect(partial.caused).toBeNull();
});

test('more clients than there is room for are counted by prefix, and no cause is named', () => {
  const summary = new RequestSummary({ door: 'd', life: 'l', daily: hex, lasting: hex, mostClients: 50 });
  for (let i = 0; i < 1_000; i++)
    summary.add({
      ...{ at: EVENING_START + i, address: `192.0.${i % 4}.${i % 250}`, agent: `Agent/${i}`, method: 'GET' },
      ...{ target: '/', status: 200, bytes: 100, referer: '', duration: 1, asks: 'page' },
    });
  const keeping = new SlotKeeping('s');
  const slots = summary.take(EVENING_START).map((slot) => keeping.keep(slot, () => true, EVENING_START));
  const rows = slots.flatMap(({ clients }) => clients);
  expect(rows.reduce((sum, row) => sum + (row[6][1] ?? 0), 0)).toBe(1_000);
  expect(rows.filter(([stands]) => stands === 1)).toHaveLength(4);
  const { log, conditions } = verdictOfSlots(slots);
  expect(log.limits).toHaveLength(1);
  expect(conditions.find(({ condition }) => condition === 'the evidence is complete')?.holds).toBe(false);
});

test('who has heard a stream for ten seconds is a person, who left before is not known', () => {
  const summary = new RequestSummary({ door: 'd', life: 'l', daily: hex, lasting: hex });
  const keeping = new SlotKeeping('s');
  const came = EVENING_START + 1_000;
  const join = (address: string) => {
    summary.add({
      ...{ at: came, address, agent: 'Radio/1', method: 'GET', target: '/r/hall/radio.mp3', status: 200 },
      ...{ bytes: 9_000, referer: '', duration: 1, asks: 'segment' },
    });
    return summary.hears(address, 'Radio/1', came);
  };
  join('192.0.2.1');
  const brief = join('192.0.2.2');
  const slots = [0, 1, 2].flatMap((slot) => {
    const parts = summary.take(EVENING_START + slot * SLOT_MS);
    if (slot === 0) summary.leaves(brief);
    return parts.map((part) => keeping.keep(part, () => false, 0));
  });
  expect(slots.map(({ totals }) => totals?.streams)).toEqual([2, 1, 1]);
  const { clients } = verdictOfSlots(slots);
  expect(clients.map(({ class: is }) => is).sort()).toEqual(['person', 'unknown']);
});

test('a prefix is fresh once; without days of looking that says nothing', () => {
  const { requests } = evening('naive flood: ab');
  const slots = slotsOf(requests);
  const prefixes = slots.flatMap(({ fresh }) => fresh?.prefixes ?? []);
  expect(new Set(prefixes).size).toBe(prefixes.length);
  const novelty = (since: number) =>
    verdictOfSlots(
      slots.map((slot) => ({ ...slot, fresh: { prefixes: slot.fresh?.prefixes ?? [], since } })),
    ).families.find(({ name }) => name === 'novelty');
  expect(novelty(EVENING_START)?.weight).toBeLessThan(0.01);
  expect(novelty(EVENING_START - 90 * 86_400_000)?.weight).toBe(0.3);
});
