import { expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { watchDatabase } from './database-watch.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a database that refuses is away, and well again when it answers', async () => {
  const clock = manualClock();
  let up = true;
  using watch = watchDatabase(clock, async () => {
    if (!up) throw new Error('ECONNREFUSED');
  });
  expect(watch.check()).toEqual({ part: 'database', ok: true });
  up = false;
  clock.advance(3_000);
  await turn();
  expect(watch.check()).toMatchObject({ ok: false });
  expect(watch.metrics()).toContain('earshot_database_up 0\n');
  up = true;
  clock.advance(3_000);
  await turn();
  expect(watch.check()).toMatchObject({ ok: true });
  expect(watch.metrics()).toContain('earshot_database_up 1\n');
});

test('a database that does not answer at all is away too', async () => {
  const clock = manualClock();
  const answer = Promise.withResolvers<void>();
  using watch = watchDatabase(clock, () => answer.promise);
  clock.advance(6_000);
  expect(watch.check()).toMatchObject({ ok: false, says: 'does not answer' });
  answer.resolve();
  await turn();
  expect(watch.check()).toMatchObject({ ok: true });
});
