import { expect, test } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import { silentLog } from '../../base/log.ts';
import type { RecordingPort } from '../recording.ts';
import { openPageOutlines } from './outline-answer.ts';
import { openReplayDesk } from './replay-desk.ts';
import type { ReplayList, ReplayMade, ReplayWish } from './replay-maker.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

function pages() {
  const clock = manualClock();
  const port: RecordingPort = {
    recording: async () => undefined,
    version: async () => '1',
    init: async () => undefined,
    read: async () => undefined,
  };
  const making: { wish: ReplayWish; done: PromiseWithResolvers<ReplayMade | undefined> }[] = [];
  const desk = openReplayDesk({
    ...{ clock, log: silentLog, port },
    maker: {
      make(wish) {
        const done = Promise.withResolvers<ReplayMade | undefined>();
        making.push({ wish, done });
        return done.promise;
      },
    },
  });
  return { clock, desk, making, outline: openPageOutlines(clock, desk) };
}
const made = (seconds: number): ReplayList => {
  const plain = Buffer.from(JSON.stringify({ v: 1, seconds }));
  return { plain, gzip: new Uint8Array(0), length: plain.length, etag: '"x"' };
};

test('a page that comes alone waits for its chapters', async () => {
  const { clock, making, outline } = pages();
  const page = outline('a', true);
  await turn();
  clock.advance(900);
  making[0]?.done.resolve(made(7));
  expect(await page).toMatchObject({ seconds: 7 });
});

test('of many pages at once none waits longer than a moment, and the next ones have the chapters', async () => {
  const { clock, making, outline } = pages();
  const all = ['a', 'b', 'c', 'd'].map((slug) => outline(slug, true));
  await turn();
  clock.advance(20);
  expect(await Promise.all(all.slice(2))).toEqual([undefined, undefined]);
  for (let n = 0; n < 4; n++) {
    making[n]?.done.resolve(made(n));
    await turn();
  }
  expect(making.map(({ wish }) => wish.slug)).toEqual(['a', 'b', 'c', 'd']);
  expect((await Promise.all(all)).map((one) => one?.seconds)).toEqual([0, 1, undefined, undefined]);
  expect(await outline('d', true)).toMatchObject({ seconds: 3 });
  expect(making).toHaveLength(4);
});

test('pages never fill the line in which players wait', async () => {
  const { clock, desk, outline, making } = pages();
  const asked = Array.from({ length: 100 }, (_, n) => outline(`room-${n}`, true));
  await turn();
  clock.advance(1_000);
  await Promise.all(asked);
  const list = desk.list('hall', true, 'aac96', { signal: new AbortController().signal });
  for (let n = 0; n < 20; n++) {
    making[n]?.done.resolve(made(n));
    await turn();
  }
  expect(await list).toMatchObject({ length: made(8).length });
});

test('a recording that cannot be read is no reason to show no page', async () => {
  const { making, outline } = pages();
  const page = outline('a', true);
  await turn();
  making[0]?.done.reject(new Error('the disk'));
  expect(await page).toBeUndefined();
});
