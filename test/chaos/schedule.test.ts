import { expect, test } from 'vitest';
import { describeFault, FAULT_KINDS, lasting, planChaos } from './schedule.ts';

test('equal seeds give equal schedules, and others give others', () => {
  expect(planChaos(7, 600)).toEqual(planChaos(7, 600));
  expect(planChaos(7, 600)).not.toEqual({ ...planChaos(8, 600), seed: 7 });
});

test('a longer run of the same seed begins like the shorter one', () => {
  const [short, long] = [planChaos(3, 120), planChaos(3, 600)];
  expect(long.faults.slice(0, short.faults.length - 1)).toEqual(short.faults.slice(0, -1));
});

test('twenty seeds of ten minutes have every kind of fault, each with words, and each is over before the end', () => {
  const plans = Array.from({ length: 20 }, (_, i) => planChaos(i + 1, 600));
  const faults = plans.flatMap((plan) => plan.faults);
  expect(new Set(faults.map(({ fault }) => fault.kind))).toEqual(new Set(FAULT_KINDS));
  for (const { at, fault } of faults) expect(at + lasting(fault)).toBeLessThan(600);
  expect(new Set(faults.map(({ fault }) => describeFault(fault))).size).toBeGreaterThan(FAULT_KINDS.length);
});

test('no studio dies a third time within a minute, which would be a reason to keep its room apart', () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const deaths = planChaos(seed, 600, ['kill', 'port-taken', 'stop']).faults.filter(
      ({ fault }) =>
        fault.kind === 'port-taken' || ('role' in fault && fault.role === 'studio' && lasting(fault) !== 0),
    );
    const long = deaths.filter(({ fault }) => fault.kind !== 'stop' || fault.lasts > 5);
    for (const [i, { at }] of long.entries()) expect(at - (long[i - 2]?.at ?? -100)).toBeGreaterThan(60);
  }
});

test('only what the setup has is met, and only the kinds that were asked for', () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const { setup, faults } = planChaos(seed, 300);
    for (const { fault } of faults) {
      if (fault.kind === 'database-away') expect(setup.database).toBe('postgres');
      if (!('index' in fault)) continue;
      const count = { door: setup.doors, studio: setup.cells, site: 1, tally: 1, press: 1 }[fault.role];
      expect(fault.index).toBeLessThan(count);
    }
    for (const { fault } of planChaos(seed, 300, ['kill', 'stop']).faults)
      expect(['kill', 'stop']).toContain(fault.kind);
  }
});
