import { expect, test } from 'vitest';
import type { Fragment } from '../../base/media.ts';
import { DELAY_MS } from '../../wire/delivery.ts';
import { History } from './history.ts';

const fragment = (rendition: string, seq: number): Fragment =>
  ({ rendition, seq, bytes: Buffer.alloc(0) }) as unknown as Fragment;

test('a door that connects can continue with the delayed stream of what is always coded, and gets half a minute of the rest', () => {
  const history = new History(['opus64']);
  for (let seq = 0; seq < 1000; seq += 1)
    for (const rendition of ['opus64', 'mp3']) history.push(fragment(rendition, seq));
  const given = [...history];
  const firstOf = (rendition: string) => given.find((one) => one.rendition === rendition)?.seq ?? Number.NaN;
  // Five segments that end where the delayed stream does, and the one that is being made.
  expect((999 - firstOf('opus64')) * 320).toBeGreaterThan(DELAY_MS + 6 * 5_120);
  expect(1000 - firstOf('mp3')).toBe(100);
  expect(given.length).toBeLessThan(400);
  for (const rendition of ['opus64', 'mp3']) {
    const seqs = given.filter((one) => one.rendition === rendition).map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, i) => firstOf(rendition) + i));
  }
});
