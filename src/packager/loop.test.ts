import { beforeAll, describe, expect, test } from 'vitest';
import { decodeOpus, framesOf, packageSound } from '../../test/packaged.ts';
import { difference, power, snr } from '../../test/sound.ts';
import { edgeFrames, spliceable } from '../media/aac-window.ts';
import { retime } from '../media/fragment-slot.ts';
import { RENDITIONS } from '../wire/renditions.ts';
import { initOf } from './container.ts';
import { loadCodecs } from './encoding.ts';
import { type PackagedLoop, packageLoop } from './loop.ts';

const FRAGMENTS = 9;
const SOME = RENDITIONS.filter(({ id }) =>
  ['opus32', 'aac96', 'aac56', 'radio-opus', 'radio-mp3'].includes(id),
);
const BLOCKS = FRAGMENTS * 16;

/** Tones whose periods do not fit the length of the loop. */
const music = (i: number): number =>
  0.15 * Math.sin((2 * Math.PI * 311.1 * i) / 48_000) + 0.15 * Math.sin((2 * Math.PI * 467.3 * i) / 48_000);

let loops: Map<string, PackagedLoop>;
const rendered: number[] = [];
beforeAll(async () => {
  loops = await packageLoop({
    renditions: SOME,
    fragments: FRAGMENTS,
    render(block, out) {
      rendered.push(block);
      for (let i = 0; i < 1920; i++) out[i] = music(block * 960 + (i >> 1));
    },
  });
}, 120_000);

/** The loop played three times, with the sequence numbers that a door gives it. */
const thrice = (id: string): Uint8Array[] =>
  Array.from({ length: 3 * FRAGMENTS }, (_, k) =>
    retime('fmp4', loops.get(id)!.fragments[k % FRAGMENTS]!, 5000 + k),
  );

test('blocks are asked for once each and in order', () => {
  expect(rendered).toEqual([...rendered.keys()]);
  expect(rendered.length).toBeGreaterThan(BLOCKS);
});

test('every rendition has all its fragments and the init of the live program', () => {
  for (const rendition of SOME) {
    expect(loops.get(rendition.id)!.fragments).toHaveLength(FRAGMENTS);
    expect(Buffer.from(loops.get(rendition.id)!.init)).toEqual(Buffer.from(initOf(rendition)));
  }
});

test('a loop of whole MP3 frames has exactly as many as fit its length', () => {
  const bytes = loops.get('radio-mp3')!.fragments.reduce((sum, { length }) => sum + length, 0);
  expect(bytes).toBe(((FRAGMENTS * 15_360) / 1152) * 192);
});

describe('the seam', () => {
  /** The largest second difference in any 5 ms: it shows how far a signal departs from a smooth one. */
  const roughest = (sound: Float32Array, from: number, length: number): number => {
    let worst = 0;
    for (let at = from; at + 240 <= from + length; at += 120) {
      let sum = 0;
      for (let i = at; i < at + 240; i++) sum += (sound[i]! - 2 * sound[i - 1]! + sound[i - 2]!) ** 2;
      worst = Math.max(worst, sum / 240);
    }
    return worst;
  };

  test('is as smooth as the middle, in Opus', async () => {
    const { left } = await decodeOpus(thrice('opus32').flatMap(framesOf));
    const round = FRAGMENTS * 15_360;
    const middle = roughest(left, round + 4 * 15_360, 3 * 15_360);
    for (const seam of [round, 2 * round]) {
      expect(roughest(left, seam - 2_400, 15_360)).toBeLessThan(2 * middle);
      expect(power(left, seam - 2_400, 4_800)).toBeGreaterThan(power(left, round) / 3);
    }
  });

  test('the second round sounds like the third', async () => {
    const { left } = await decodeOpus(thrice('opus32').flatMap(framesOf));
    const round = FRAGMENTS * 15_360;
    expect(power(difference(left, left, round, 2 * round, round))).toBeLessThan(1e-9);
  });

  test('fits the windows of AAC', () => {
    for (const id of ['aac96', 'aac56']) {
      const fragments = loops.get(id)!.fragments;
      expect(spliceable(edgeFrames(fragments.at(-1)!).last, edgeFrames(fragments[0]!).first)).toBe(true);
    }
  });

  test('without the fade it would be heard', async () => {
    const hard = Float32Array.from({ length: 3 * FRAGMENTS * 15_360 }, (_, i) =>
      music(i % (FRAGMENTS * 15_360)),
    );
    const [rendition] = SOME;
    const coded = await packageSound(await loadCodecs(), [rendition!], hard);
    const { left } = await decodeOpus(coded.get('opus32')!.flatMap(({ bytes }) => framesOf(bytes)));
    const round = FRAGMENTS * 15_360;
    const middle = roughest(left, round + 4 * 15_360, 3 * 15_360);
    expect(roughest(left, round - 2_400, 15_360)).toBeGreaterThan(2 * middle);
    expect(snr(left, hard, 312)).toBeGreaterThan(10);
  });
});

test('a loop that is too short to join is refused', async () => {
  await expect(packageLoop({ renditions: SOME, fragments: 1, render() {} })).rejects.toThrow(RangeError);
});
