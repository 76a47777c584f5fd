import { describe, expect, test } from 'vitest';
import { EVENING_START, type EveningPlan, makeEvening } from '../../test/evening/evening.ts';
import { judgeEvening } from '../../test/evening/judged-evening.ts';
import type { FormatName } from '../../test/evening/logged.ts';
import { emptyRequest, openVerdict, verdictPage } from './index.ts';

const QUIET: EveningPlan = { seed: 5, minutes: 20, visits: 20 };
const judge = (plan: EveningPlan, format: FormatName = 'combined') => judgeEvening(makeEvening(plan), format);

describe('the verdict', () => {
  test('a normal evening is no overload, and nobody is accused', () => {
    const { verdict, accused } = judge(QUIET);
    expect(verdict).toMatchObject({ label: 'NO_OVERLOAD', caused: false });
    expect(accused).toEqual([]);
    expect(verdict.hostile.requests.low).toBe(0);
    expect(verdict.classes['declared-bot'].clients).toBeGreaterThanOrEqual(4);
  });

  test('a crowd is a crowd, whatever its step', () => {
    for (const factor of [10, 60]) {
      const { verdict, accused } = judge({
        ...QUIET,
        visits: 10,
        crowd: { factor, at: 8, rise: 0.1, half: 10 },
      });
      expect(verdict.label).toBe('CROWD');
      expect(verdict.hostile.requests.share).toBeLessThan(0.05);
      expect(accused).toEqual([]);
    }
  });

  test('players that poll lists every few seconds are listeners', () => {
    const crowd = { factor: 15, at: 8, rise: 1, half: 20 };
    const { verdict, accused } = judge({ ...QUIET, visits: 8, audience: 'players', crowd });
    expect(verdict.label).toBe('CROWD');
    expect(accused).toEqual([]);
  });

  test('a naive flood is named after a minute, with its share', () => {
    const plan: EveningPlan = {
      ...QUIET,
      minutes: 13,
      attack: { kind: 'wrk', from: 12, until: 13, rate: 80 },
    };
    const { verdict, truth, accused, recall } = judge(plan);
    expect(verdict.label).toBe('ATTACK');
    expect(recall).toBe(1);
    expect(accused).toEqual([]);
    expect(Math.abs((verdict.hostile.requests.share ?? 0) - truth.requests)).toBeLessThan(0.1);
    expect(verdict.caused).not.toBe(true);
  });

  test('many sources at the pace of people are found by what they leave out', () => {
    const { verdict, accused } = judge({
      ...QUIET,
      attack: { kind: 'lowRate', from: 10, until: 18, rate: 80 },
    });
    expect(verdict.label).toBe('ATTACK');
    expect(verdict.families.find(({ name }) => name === 'flow')?.says).toBe('attack');
    expect(accused).toEqual([]);
  });

  test('a crowd and an attack of the same size are mixed', () => {
    const crowd = { factor: 12, at: 8, rise: 1, half: 30 };
    const { verdict, accused } = judge({
      ...QUIET,
      crowd,
      attack: { kind: 'hulk', from: 9, until: 20, rate: 35 },
    });
    expect(verdict.label).toBe('MIXED');
    expect(accused).toEqual([]);
  });

  test('errors at a demand that was served well before are a fault of our own, also under a crowd', () => {
    const fault = { kind: 'errors' as const, from: 14, until: 18 };
    expect(judge({ ...QUIET, visits: 40, fault }, 'microseconds').verdict.label).toBe('INTERNAL_FAULT');
    const crowd = { factor: 8, at: 6, rise: 0.5, half: 60 };
    const { verdict } = judge({ ...QUIET, crowd, fault }, 'microseconds');
    expect(verdict).toMatchObject({ label: 'INTERNAL_FAULT', caused: false });
  });

  test('an attack is called the cause only when people failed and all five conditions hold', () => {
    const plan: EveningPlan = {
      ...{ ...QUIET, visits: 30, capacity: 40 },
      attack: { kind: 'ab', from: 10, until: 16, rate: 150 },
    };
    const { verdict } = judge(plan, 'seconds');
    expect(verdict.conditions.map(({ holds }) => holds)).toEqual([true, true, true, true, true]);
    expect(verdict).toMatchObject({ label: 'ATTACK', caused: true });
    // The same without the lines that show what the server can serve.
    const late = judge({ ...plan, logged: [10.5, 16] }, 'seconds').verdict;
    expect(late.caused).not.toBe(true);
  });

  test('a few lines decide nothing', () => {
    const few = makeEvening(QUIET).slice(0, 30);
    expect(judgeEvening(few, 'combined').verdict).toMatchObject({ label: 'UNDETERMINED', caused: null });
  });

  test('a crawler that says what it is is never an attacker by itself', () => {
    const plan: EveningPlan = { ...QUIET, attack: { kind: 'wrk', from: 12, until: 16, rate: 20 } };
    const agent = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
    const requests = makeEvening(plan).map((one) =>
      one.truth === 'attacker' ? { ...one, address: '66.249.66.9', agent } : one,
    );
    const { verdict } = judgeEvening(requests, 'combined');
    expect(verdict.clients.find(({ address }) => address === '66.249.66.9')?.class).toBe('declared-bot');
    expect(verdict.label).not.toBe('ATTACK');
  });

  test('equal lines give equal bytes, in any order', () => {
    const requests = makeEvening({ ...QUIET, attack: { kind: 'goldeneye', from: 12, until: 16, rate: 40 } });
    const once = judgeEvening(requests, 'combined').verdict;
    expect(JSON.stringify(judgeEvening(requests, 'combined').verdict)).toBe(JSON.stringify(once));
    const mixed = requests.map((one, i) => ({ one, at: i + (i % 7) * 40 })).sort((a, b) => a.at - b.at);
    const other = judgeEvening(
      mixed.map(({ one }) => one),
      'combined',
    ).verdict;
    expect(other.label).toBe(once.label);
    expect(other.hostile.requests.share).toBeCloseTo(once.hostile.requests.share ?? 0, 1);
  });

  test('limits of memory change what is told apart, not the answer, and are said', () => {
    const requests = makeEvening({ ...QUIET, attack: { kind: 'ab', from: 12, until: 16, rate: 80 } });
    const open = openVerdict({
      thresholds: { mostClients: 60, mostCells: 500, mostSlots: 40, mostPaths: 20, mostAgents: 5 },
    });
    for (const one of requests) open.add({ ...emptyRequest(), ...one, protocol: '' });
    const found = open.finish({ files: [], unread: 0, durations: false });
    expect(found.log.requests).toBe(requests.length);
    expect(found.log.limits.length).toBeGreaterThan(0);
    const total = Object.values(found.classes).reduce((sum, { requests: n }) => sum + n, 0);
    expect(total).toBeGreaterThan(0);
    expect(found.caused).not.toBe(true);
  });

  test('counts say whether demand rose, and nothing about who it was', () => {
    const open = openVerdict();
    for (let i = 0; i < 60; i++)
      open.count({ at: EVENING_START + i * 60_000, requests: i < 40 ? 600 + i : 9_000 });
    const found = open.finish({ files: [], unread: 0, durations: false });
    expect(found).toMatchObject({
      label: 'UNDETERMINED',
      caused: null,
      hostile: { cost: { share: null, low: 0, high: 1 } },
    });
    expect(found.demand.rise).toBeGreaterThan(10);
  });

  test('the page holds the sentences, and nothing of a log is markup in it', () => {
    const requests = makeEvening(QUIET);
    for (const one of requests.slice(0, 200)) one.agent = '<script>alert(1)</script>';
    const { verdict } = judgeEvening(requests, 'combined');
    const page = verdictPage(verdict);
    expect(verdict.sentences).toHaveLength(5);
    expect(page).not.toContain('<script');
    expect(page).toContain('<svg');
    expect(page).not.toMatch(/(?:src|href)=/);
  });
});
