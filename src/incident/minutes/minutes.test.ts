import { expect, test } from 'vitest';
import { type DoorAnswers, TIME_CLASSES } from '../../wire/figures/door-answers.ts';
import { percentilesOf } from './incident-minute.ts';
import { MinuteWatch } from './minute-watch.ts';
import { partHistory } from './objectives.ts';

const MINUTE = 60_000;
const times = (): number[] => Array.from({ length: TIME_CLASSES }, () => 0);
const told = (good: number, failed: number, more: Partial<DoorAnswers> = {}): DoorAnswers => ({
  groups: { pages: { good, failed, refused: 0, times: times() } },
  ...{ cut: 0, firstSound: times(), bytes: 0, connections: 10, mostConnections: 100 },
  ...more,
});

test('what doors have counted becomes minutes; repeats, restarts and what was before count nothing twice', () => {
  const watch = new MinuteWatch();
  watch.tick(0 * MINUTE + 1, undefined);
  watch.tick(1 * MINUTE, undefined);
  watch.answers('door-0', 'a', told(1_000, 5), MINUTE + 1_000);
  watch.answers('door-0', 'a', told(1_040, 6), MINUTE + 5_000);
  watch.answers('door-0', 'a', told(1_040, 6), MINUTE + 6_000);
  watch.answers('door-0', 'b', told(10, 2), MINUTE + 50_000);
  const minute = watch.tick(2 * MINUTE, { listeners: 7, attempts: 3, failures: 1 });
  expect(minute?.groups?.pages).toMatchObject({ asked: 53, failed: 3 });
  expect(minute).toMatchObject({ listeners: 7, connections: 10, mostConnections: 100 });
  expect(watch.tick(2 * MINUTE + 1_000, undefined)).toBeUndefined();
  const quiet = watch.tick(3 * MINUTE, undefined);
  expect(quiet?.groups).toBeUndefined();
  expect(quiet?.listeners).toBeUndefined();
});

test('several doors are one, and a door that says nothing any more has no connections', () => {
  const watch = new MinuteWatch();
  watch.tick(1, undefined);
  for (const door of ['door-0', 'door-1']) watch.answers(door, 'a', told(0, 0), 1_000);
  watch.answers('door-0', 'a', told(4, 0, { bytes: 600, egressLimit: 10 }), 55_000);
  watch.answers('door-1', 'a', told(6, 0, { bytes: 300, egressLimit: 20 }), 55_000);
  expect(watch.tick(MINUTE, undefined)).toMatchObject({
    ...{ groups: { pages: { asked: 10 } }, bytes: 900, mostBytes: 1_800 },
    ...{ connections: 20, mostConnections: 200 },
  });
  watch.answers('door-1', 'a', told(6, 0), 2 * MINUTE - 1_000);
  expect(watch.tick(2 * MINUTE, undefined)).toMatchObject({ connections: 10 });
});

test('a part misses its objective by its answers, by silence, or by joins that players could not make', () => {
  const minute = (more: object) => ({ at: 0, groups: {}, rung: 0, ...more });
  const state = (group: Parameters<typeof partHistory>[0], more: object, signs: object[] = []) =>
    partHistory(group, [minute(more)] as never, signs as never, MINUTE).minutes[0]?.state;
  expect(state('pages', { groups: { pages: { asked: 100, failed: 2, refused: 0 } } })).toBe('missed');
  expect(state('pages', { groups: { pages: { asked: 100, failed: 1, refused: 50 } } })).toBe('met');
  for (const group of ['joining', 'listening'] as const) {
    const groups = { [group]: { asked: 100, failed: 0, refused: 50 } };
    expect(state(group, { groups })).toBe('missed');
    expect(partHistory(group, [minute({ groups })] as never, [], MINUTE)).toMatchObject({
      failed: 50,
      refused: 50,
    });
  }
  expect(state('pages', { groups: { pages: { asked: 3, failed: 1, refused: 0 } } })).toBe('met');
  expect(state('pages', {})).toBe('idle');
  expect(state('pages', { groups: undefined })).toBe('unknown');
  const silence = { kind: 'dead-air', from: 10_000, to: 14_000 };
  expect(state('listening', {}, [silence])).toBe('missed');
  expect(state('listening', {}, [{ ...silence, to: 12_000 }])).toBe('met');
  expect(state('joining', { attempts: 100, failures: 6 })).toBe('missed');
  expect(state('joining', { attempts: 100, failures: 5 })).toBe('met');
  expect(state('speaking', {}, [{ kind: 'studio-away', from: -5_000 }])).toBe('missed');
});

test('percentiles are upper ends of classes; without a time there is none', () => {
  const classes = times();
  expect(percentilesOf(classes)).toBeUndefined();
  classes[3] = 98;
  classes[10] = 2;
  expect(percentilesOf(classes)).toEqual({ n: 100, p50: 8, p95: 8, p99: 1024 });
});
