import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import { ms } from '../../base/time.ts';
import { serveInner } from '../inner-http.ts';
import { askForPostFigures } from './post-figures.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'earshot-ask-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test('figures are asked for once in five seconds, all of a page together; without an answer nobody can say', async () => {
  const clock = manualClock();
  const path = join(dir, 'tally.http');
  const asked: string[] = [];
  let sums = [3, 0, 1, 0];
  const answer = (request: Request): Response => {
    const of = new URL(request.url).searchParams.get('of') ?? '';
    asked.push(of);
    return Response.json({ at: 0, posts: of.split(',').includes('a1') ? { a1: { sums } } : {} });
  };
  const ask = askForPostFigures(clock, path);
  expect(await ask(['a1'])).toBeUndefined();
  const tally = await serveInner(path, answer);
  // It was away: for two seconds nobody tries again.
  expect(await ask(['a1'])).toBeUndefined();
  clock.advance(ms(2_000));
  expect(await ask(['a1', 'b2', 'a1'])).toEqual(new Map([['a1', { sums }]]));
  sums = [4, 0, 1, 0];
  expect((await ask(['a1', 'b2']))?.get('a1')?.sums[0]).toBe(3);
  expect(asked).toEqual(['a1,b2']);
  clock.advance(ms(5_000));
  expect((await ask(['a1', 'b2']))?.get('a1')?.sums[0]).toBe(4);
  await tally[Symbol.asyncDispose]();
  // What was said last still stands.
  expect((await ask(['a1']))?.get('a1')?.sums[0]).toBe(4);
  expect(await ask(['a1', 'c3'])).toBeUndefined();
});
