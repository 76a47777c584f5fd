import { expect, test } from 'vitest';
import type { FinishedRequest } from '../request/finished-request.ts';
import { AnswerCounts } from './answer-counts.ts';

const counted = (...requests: readonly Partial<FinishedRequest>[]) => {
  const counts = new AnswerCounts();
  for (const one of requests)
    counts.count({ method: 'GET', path: '/', status: 200, duration: 5, ...one } as FinishedRequest);
  return counts.taken(0);
};

test('each request counts for what it was for', () => {
  const groups = counted(
    { path: '/r/hall/live/opus64/1234.m4s' },
    { path: '/r/hall/stream', status: 503 },
    { path: '/r/hall/whip', method: 'POST', status: 201 },
    { path: '/r/hall/replay/aac96/160.m4s' },
    { path: '/r/hall/replay.m4a' },
    { path: '/api/rooms', status: 503 },
    { path: '/r/hall/numbers.json' },
    { path: '/r/hall/bundle', status: 503 },
    { path: '/incidents' },
  );
  const sums = Object.entries(groups).map(([group, { good = 0, failed = 0 } = {} as never]) => [
    group,
    good,
    failed,
  ]);
  expect(sums).toEqual([
    ['listening', 1, 0],
    ['joining', 0, 1],
    ['speaking', 1, 0],
    ['replays', 2, 0],
    ['pages', 1, 1],
    ['numbers', 1, 1],
  ]);
});

test('a no that is the asker’s own is no failure, and neither is one who left; health and nothing are not counted', () => {
  const { pages } = counted(
    { path: '/r/nobody', status: 404 },
    { status: 429 },
    { status: 0 },
    { path: '/healthz', status: 503 },
    { path: '/nothing/at/all', status: 404 },
    { method: 'OPTIONS', status: 204 },
  );
  expect([pages?.good, pages?.refused, pages?.failed]).toEqual([1, 1, 0]);
});

test('times are those of answers that end, and connections that found no place are joins that failed', () => {
  const counts = new AnswerCounts();
  for (const path of ['/', '/r/hall/stream', '/r/hall/bundle'])
    counts.count({ method: 'GET', path, status: 200, duration: 100 } as FinishedRequest);
  const { pages, joining, numbers } = counts.taken(7);
  expect(pages?.times[7]).toBe(1);
  expect([...(joining?.times ?? []), ...(numbers?.times ?? [])].some((n) => n > 0)).toBe(false);
  expect(joining?.failed).toBe(7);
});
