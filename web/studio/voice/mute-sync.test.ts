import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ms } from '../../../src/base/time.ts';
import type { Refusal } from '../../capture/index.ts';
import { openMuteSync } from './mute-sync.ts';

const no = (status: number, code = 'http'): Refusal => ({
  refused: true,
  status,
  code,
  detail: '',
  retryAfter: ms(0),
});
let muted: boolean | undefined;
let told: boolean[];
let refusals: string[];
let answer: () => Promise<Refusal | undefined>;
let report: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  muted = false;
  told = [];
  refusals = [];
  answer = async () => undefined;
  report = openMuteSync({
    muted: () => muted,
    send(now) {
      told.push(now);
      return answer();
    },
    refused: (_, why) => refusals.push(why.code),
  });
});
afterEach(() => void vi.useRealTimers());

test('muting and unmuting at once never overtake each other, and the last one counts', async () => {
  answer = () => new Promise((resolve) => setTimeout(resolve, 3_000));
  for (const now of [true, false, true, false, true]) {
    muted = now;
    report();
  }
  expect(told).toEqual([true]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(told).toEqual([true, true]);
});

test('a state that a busy server did not take is sent again, as it is by then', async () => {
  answer = async () => no(503);
  muted = true;
  report();
  await vi.advanceTimersByTimeAsync(0);
  muted = false;
  answer = async () => undefined;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(told).toEqual([true, false]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told).toHaveLength(2);
});

test('a refusal is reported to the page once; without a place on stage nothing is sent', async () => {
  answer = async () => no(403, 'not-host');
  report();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([told, refusals]).toEqual([[false], ['not-host']]);
  muted = undefined;
  report();
  await vi.advanceTimersByTimeAsync(0);
  expect(told).toHaveLength(1);
});
