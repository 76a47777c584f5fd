import { expect, test } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import { minuteEntry } from '../../../test/minute-entry.ts';
import { ms } from '../../base/time.ts';
import type { Evening } from '../../wire/evening.ts';
import { openRoomFiles } from './room-files.ts';

const minute = minuteEntry(0, 2, { total: { visits: { net: 5, gross: 6, method: 'counted' } } });
async function* bundle(): AsyncGenerator<string> {
  yield `${JSON.stringify({ kind: 'earshot-bundle', v: 1 })}\n`;
  yield `${JSON.stringify({ kind: 'entry', index: 12, entry: JSON.stringify(minute), proof: [] })}\n`;
  yield `${JSON.stringify({ kind: 'seal', note: '' })}\n`;
}
const request = (path: string): Request => new Request(`http://localhost${path}`);

test('the evening, CSV and Parquet come from the entries of a bundle', async () => {
  const files = openRoomFiles({ clock: manualClock(), bundle: async () => bundle() });
  const evening = (await (await files(request('/r/hall/evening.json')))?.json()) as Evening;
  expect(evening.points).toEqual(minute.samples);
  const csv = await files(request('/r/hall/numbers.csv'));
  expect(csv?.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(await csv?.text()).toContain(',visits,,events,5,6,');
  const parquet = new Uint8Array(
    (await (await files(request('/r/hall/numbers.parquet')))?.arrayBuffer()) ?? [],
  );
  expect(new TextDecoder().decode(parquet.subarray(0, 4))).toBe('PAR1');
  expect(files(request('/r/hall/bundle'))).toBeUndefined();
});

test('a room of which nothing is known has an empty picture and no files', async () => {
  const files = openRoomFiles({ clock: manualClock(), bundle: async () => undefined });
  expect(await (await files(request('/r/hall/evening.json')))?.json()).toMatchObject({ points: [] });
  expect((await files(request('/r/hall/numbers.csv')))?.status).toBe(404);
});

test('a file is made once in ten seconds, however many ask, and only four at a time', async () => {
  const clock = manualClock();
  const waits = Promise.withResolvers<void>();
  let asked = 0;
  const files = openRoomFiles({
    clock,
    async bundle() {
      asked += 1;
      await waits.promise;
      return bundle();
    },
  });
  const first = Array.from({ length: 50 }, () => files(request('/r/hall/evening.json')));
  expect(asked).toBe(1);
  const others = ['a', 'b', 'c', 'd'].map((room) => files(request(`/r/room-${room}/evening.json`)));
  expect((await others[3])?.status).toBe(429);
  waits.resolve();
  for (const answer of await Promise.all(first)) expect(answer?.status).toBe(200);
  await Promise.all(others);
  await files(request('/r/hall/evening.json'));
  expect(asked).toBe(4);
  clock.advance(ms(10_001));
  await files(request('/r/hall/evening.json'));
  expect(asked).toBe(5);
});

test('a disk that cannot be read fails that request and not the next', async () => {
  let broken = true;
  const files = openRoomFiles({
    clock: manualClock(),
    async bundle() {
      if (broken) throw new Error('EIO');
      return bundle();
    },
  });
  await expect(files(request('/r/hall/evening.json'))).rejects.toThrow('EIO');
  broken = false;
  expect((await files(request('/r/hall/evening.json')))?.status).toBe(200);
});
