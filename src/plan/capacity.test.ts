import { expect, test } from 'vitest';
import { MEASURED, type PlanFigures, plan, readWishes, spoken, WISHES } from './capacity.ts';

const figures: PlanFigures = {
  ...{ write: 20, writeTls: 40, join: 200, joinTls: 600, memory: 5, memoryTls: 50, kernel: 5 },
  ...{ segment: 10, segmentTls: 20, source: 'a test' },
};
const wishes = {
  ...WISHES,
  listeners: 1_000_000,
  bitrate: 48,
  period: 1000,
  tls: false,
  arrival: 5,
  hours: 2,
  open: 0,
};

test('adds up: egress, cores and machines of a million listeners', () => {
  const it = plan(wishes, figures);
  // (48 + 4.1 + 2.3) × 1.04 = 56.6 kbit/s.
  expect(it.egress).toBeCloseTo(56.576, 2);
  expect(it.terabytes).toBeCloseTo((56.576 * 7200) / 8000, 2);
  const cores = it.lines.find(({ what }) => what === 'cores that write the stream');
  expect(cores?.value).toBeCloseTo(20, 5);
  // 20 + 0.33 cores of 2.4 → 8.5; 54.2 of 8 Gbit/s → 6.8; the larger × 1.25.
  expect(it.machines).toBe(11);
});

test('the network card is the limit on a small machine', () => {
  expect(plan({ ...wishes, nic: 1 }, figures).machines).toBe(Math.ceil((56.576 / 0.8) * 1.25));
});

test('caches cost requests instead of writes; the bytes stay the same', () => {
  const none = plan(wishes, figures);
  const all = plan({ ...wishes, cached: 1 }, figures);
  expect(all.requests).toBeCloseTo(1_000_000 / 5.12, 0);
  expect(none.requests).toBe(0);
  expect(all.egress).toBe(none.egress);
});

test('an open page costs nothing beside the stream, and the caches a request at the pace of the rung', () => {
  expect(plan({ ...wishes, open: 1 }, figures).machines).toBe(plan(wishes, figures).machines);
  expect(plan({ ...wishes, open: 1, cached: 1 }, figures).requests).toBeCloseTo(
    1_000_000 * (1 / 5.12 + 1 / 5),
    0,
  );
});

test('says what one machine holds, and what share has to be behind caches beyond it', () => {
  // 4 × 0.6 cores ÷ 20 µs; the network card would allow 147,645.
  const small = plan({ ...wishes, listeners: 100_000 }, figures);
  expect(small.holds).toBe(120_000);
  expect(small.notes.join()).not.toContain('caches');
  const large = plan(wishes, figures);
  expect(large.notes[0]).toContain('at least 0.88 behind them');
  expect(plan({ ...wishes, cached: 0.88 }, figures).notes.join()).not.toContain('caches');
});

test('costs are by the prices given and nothing without them', () => {
  expect(plan(wishes, figures).cost).toBe(0);
  const priced = plan({ ...wishes, machineHour: 2, terabyte: 10 }, figures);
  expect(priced.cost).toBeCloseTo(11 * 2 * 2 + priced.terabytes * 10, 5);
});

test('reads words, and names what it cannot use', () => {
  const words: Record<string, string> = {
    listeners: '1400000',
    nic: '25Gbit',
    tls: 'no',
    cores: 'many',
    hours: '-1',
  };
  const { wishes: read, wrong } = readWishes((name) => words[name]);
  expect(read).toMatchObject({
    listeners: 1_400_000,
    nic: 25,
    tls: false,
    cores: WISHES.cores,
    hours: WISHES.hours,
  });
  expect(wrong).toEqual([
    { name: 'cores', least: 1, most: 1024 },
    { name: 'hours', least: 0.1, most: 8760 },
  ]);
});

test('every line is a finite number with its formula, also at the bounds', () => {
  for (const listeners of [1, 10_000_000_000])
    for (const cached of [0, 1])
      for (const line of plan({ ...WISHES, listeners, cached }, MEASURED).lines) {
        expect(Number.isFinite(line.value)).toBe(true);
        expect(line.formula.length).toBeGreaterThan(5);
        expect(spoken(line)).toMatch(/^[\d,.]+/);
      }
});
