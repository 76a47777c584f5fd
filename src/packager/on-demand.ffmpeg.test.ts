import { setImmediate } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { decodeWithFfmpeg } from '../../test/ffmpeg.ts';
import { decodeOpus, framesOf } from '../../test/packaged.ts';
import { speechLike } from '../../test/sound.ts';
import { excesses } from '../../test/splice-excess.ts';
import type { Fragment } from '../base/media.ts';
import { PRIMING } from '../media/priming.ts';
import { RENDITIONS } from '../wire/renditions.ts';
import { initOf } from './container.ts';
import { loadCodecs, openEncoding } from './encoding.ts';
import type { Codecs } from './frame-encoder.ts';

const ALWAYS = ['opus64', 'aac96', 'radio-opus', 'radio-aac'];
const EVERY = RENDITIONS.map(({ id }) => id);
const speech = speechLike(21, 5);
const SLOTS = Math.floor(speech.length / 15_360);

let codecs: Codecs;
beforeAll(async () => {
  codecs = await loadCodecs();
}, 120_000);

/** Codes the speech; `wanted(slot)` is selected before each slot. */
async function run(slots: number, wanted: (slot: number) => readonly string[] = () => EVERY) {
  const out: Fragment[] = [];
  const sink = {
    fragment: (fragment: Fragment) => void out.push(fragment),
    failed(_: unknown, error: unknown) {
      throw error;
    },
  };
  using encoding = await openEncoding(codecs, RENDITIONS, 0, sink, new Set(wanted(0)));
  for (let slot = 0; slot < slots; slot++) {
    encoding.select(new Set(wanted(slot)));
    for (let n = slot * 16; n < slot * 16 + 16; n++) {
      const samples = new Float32Array(1920);
      for (let i = 0; i < 960; i++) samples[2 * i] = samples[2 * i + 1] = speech[n * 960 + i]!;
      encoding.push(samples, false);
      await setImmediate();
    }
  }
  return out;
}
const seqsOf = (list: readonly Fragment[], id: string): number[] =>
  list.filter(({ rendition }) => rendition === id).map(({ seq }) => seq);

test('what is not selected is not encoded, and the radio formats need no encoding of their own', async () => {
  let opened = 0;
  const all = codecs;
  const count = (start: Codecs['opus']) => (bitrate: number) => {
    opened++;
    return start(bitrate);
  };
  codecs = { opus: count(all.opus), aac: count(all.aac), mp3: count(all.mp3) };
  const out = await run(3, () => ALWAYS);
  codecs = all;
  expect(opened).toBe(2);
  expect(new Set(out.map(({ rendition }) => rendition))).toEqual(new Set(ALWAYS));
  for (const id of ALWAYS) expect(seqsOf(out, id)).toEqual([0, 1, 2]);
});

test('of each slot the best of a codec comes after the others, also where they begin and end', async () => {
  const out = await run(20, (slot) => (slot < 4 || slot > 12 ? ALWAYS : EVERY));
  for (const [best, others] of [
    ['opus64', ['opus32', 'opus24', 'opus16']],
    ['aac96', ['aac64', 'aac56']],
  ] as const) {
    for (const id of others) {
      const seqs = seqsOf(out, id);
      expect(seqs.length).toBeGreaterThan(5);
      for (const seq of seqs) {
        const at = (rendition: string) => out.findIndex((f) => f.rendition === rendition && f.seq === seq);
        expect(at(id)).toBeLessThan(at(best));
      }
    }
  }
});

test('a rendition begins one slot after its encoder is ready, without a gap, and ends when nobody wants it', async () => {
  const out = await run(16, (slot) => (slot < 4 || slot >= 10 ? ALWAYS : EVERY));
  // Selected before slot 4: the encoder is ready for slot 4 or 5 and codes one slot without output; MP3 needs none.
  const opus = seqsOf(out, 'opus32');
  expect(opus[0]).toBeGreaterThanOrEqual(5);
  expect(opus[0]).toBeLessThanOrEqual(6);
  expect(opus.at(-1)).toBe(9);
  expect(opus).toEqual(opus.map((_, n) => opus[0]! + n));
  expect(seqsOf(out, 'radio-mp3')[0]).toBeLessThanOrEqual(5);
});

describe('between the best and a rendition that comes and goes', () => {
  const comesAndGoes = (slot: number): readonly string[] => (slot % 8 < 4 ? ALWAYS : EVERY);
  let steady: Fragment[];
  let changing: Fragment[];
  beforeAll(async () => {
    [steady, changing] = [await run(SLOTS), await run(SLOTS, comesAndGoes)];
  }, 60_000);
  const bytes = (list: readonly Fragment[], id: string, seq: number) =>
    list.find((f) => f.rendition === id && f.seq === seq)?.bytes;
  /** What a listener of `id` gets: that rendition where it is coded, otherwise the best one. */
  function heard(id: string, best: string) {
    const boundaries: number[] = [];
    let own: boolean | undefined;
    const fragments = Array.from({ length: SLOTS }, (_, seq) => {
      const mine = bytes(changing, id, seq);
      if (own !== undefined && own !== (mine !== undefined)) boundaries.push(seq * 15_360);
      own = mine !== undefined;
      return mine ?? bytes(changing, best, seq)!;
    });
    return { fragments, boundaries };
  }

  test.each(['opus32', 'opus24', 'opus16'])('%s adds at most 6 dB in any 5 ms', async (id) => {
    const decode = async (list: readonly Uint8Array[]) => (await decodeOpus(list.flatMap(framesOf))).left;
    const { fragments, boundaries } = heard(id, 'opus64');
    expect(boundaries.length).toBeGreaterThan(10);
    const of = (rendition: string) =>
      decode(steady.filter((f) => f.rendition === rendition).map((f) => f.bytes));
    const sound = await decode(fragments);
    const found = excesses(speech, PRIMING.opus, sound, [await of('opus64'), await of(id)], boundaries);
    expect(Math.max(...found), String(found)).toBeLessThanOrEqual(6);
  });

  test.each(['aac64', 'aac56'])('%s adds at most 6 dB in any 5 ms', async (id) => {
    const init = initOf(RENDITIONS.find((rendition) => rendition.id === id)!);
    const decode = (list: readonly Uint8Array[]) => decodeWithFfmpeg('mp4', Buffer.concat([init, ...list]));
    const { fragments, boundaries } = heard(id, 'aac96');
    expect(boundaries.length).toBeGreaterThan(10);
    const of = (rendition: string) =>
      decode(steady.filter((f) => f.rendition === rendition).map((f) => f.bytes));
    const sound = await decode(fragments);
    const found = excesses(speech, PRIMING.aac, sound, [await of('aac96'), await of(id)], boundaries);
    expect(Math.max(...found), String(found)).toBeLessThanOrEqual(6);
  });
});
