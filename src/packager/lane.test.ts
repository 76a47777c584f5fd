import { setImmediate } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { framesOf } from '../../test/packaged.ts';
import { tone } from '../../test/sound.ts';
import { RENDITIONS } from '../wire/renditions.ts';
import { loadCodecs, openEncoding } from './encoding.ts';
import type { Codecs, FrameEncoder } from './frame-encoder.ts';

let codecs: Codecs;
beforeAll(async () => {
  codecs = await loadCodecs();
}, 120_000);

const sound = tone(0.02);
const block = (): Float32Array => Float32Array.from({ length: 1920 }, (_, i) => sound[i >> 1]!);

/** Runs `slots` slots. `wrap` may replace an encoder before it is used. */
async function run(slots: number, wrap: (encoder: FrameEncoder, nth: number) => FrameEncoder, make = block) {
  const out = new Map<string, number[]>(RENDITIONS.map(({ id }) => [id, []]));
  const failed: string[] = [];
  let opened = 0;
  const broken: Codecs = { ...codecs, aac: async (bitrate) => wrap(await codecs.aac(bitrate), opened++) };
  using encoding = await openEncoding(broken, RENDITIONS, 100, {
    fragment({ rendition, seq, bytes }) {
      out.get(rendition)!.push(seq);
      if (rendition.startsWith('aac')) expect(framesOf(bytes)).toHaveLength(15);
    },
    failed: ({ id }) => failed.push(id),
  });
  for (let n = 0; n < slots * 16; n++) {
    encoding.push(make(), false);
    await setImmediate();
  }
  return { out, failed };
}

test('an encoder that breaks costs its own slot and affects no other', async () => {
  let blocks = 0;
  const { out, failed } = await run(6, (inner, nth) => ({
    encode(what) {
      if (nth === 0 && ++blocks === 3 * 16 + 5) throw new Error('trap');
      return inner.encode(what);
    },
    [Symbol.dispose]: () => inner[Symbol.dispose](),
  }));
  // The first AAC encoder opened is that of aac96, which also supplies radio-aac.
  expect(failed).toEqual(['aac96', 'radio-aac']);
  for (const [id, seqs] of out) {
    const hurt = id === 'aac96' || id === 'radio-aac';
    expect(seqs, id).toEqual(hurt ? [100, 101, 102, 104, 105] : [100, 101, 102, 103, 104, 105]);
  }
});

test('an encoder that cannot be restarted is retried every slot and affects no other', async () => {
  const { out, failed } = await run(5, (inner, nth) => {
    if (nth >= 3) throw new Error('no memory');
    return {
      encode(what) {
        if (nth === 0) throw new Error('trap');
        return inner.encode(what);
      },
      [Symbol.dispose]() {
        throw new Error('trapped again');
      },
    };
  });
  expect(out.get('aac96')).toEqual([]);
  expect(out.get('aac56')).toEqual([100, 101, 102, 103, 104]);
  expect(out.get('opus64')).toEqual([100, 101, 102, 103, 104]);
  const tries = failed.filter((id) => id === 'aac96').length;
  expect(tries).toBeGreaterThanOrEqual(4);
  expect(tries).toBeLessThanOrEqual(7);
});

test('a missing frame is a failure of its slot, and does not shift the grid', async () => {
  let blocks = 0;
  let swallowed = false;
  const { out, failed } = await run(4, (inner, nth) => ({
    encode(what) {
      const frames = inner.encode(what);
      if (nth !== 0 || swallowed || ++blocks < 20 || frames.length === 0) return frames;
      swallowed = true;
      return [];
    },
    [Symbol.dispose]: () => inner[Symbol.dispose](),
  }));
  expect(failed).toEqual(['aac96', 'radio-aac']);
  expect(out.get('aac96')).toEqual([100, 102, 103]);
});

test('samples that are NaN or absurdly loud become silence and stop no encoder', async () => {
  let n = 0;
  const { out, failed } = await run(
    3,
    (inner) => inner,
    () => {
      const samples = block();
      if (n++ % 3 === 0) samples.set([Number.NaN, Number.POSITIVE_INFINITY, 1e30, -1e30], 100);
      return samples;
    },
  );
  expect(failed).toEqual([]);
  for (const seqs of out.values()) expect(seqs).toEqual([100, 101, 102]);
});

test('opening and closing 300 times leaves no memory behind', { timeout: 60_000 }, async () => {
  const cycle = async (): Promise<void> => {
    using encoding = await openEncoding(codecs, RENDITIONS, 0, { fragment() {}, failed() {} });
    encoding.push(block(), true);
  };
  for (let n = 0; n < 30; n++) await cycle();
  const before = process.memoryUsage();
  for (let n = 0; n < 300; n++) await cycle();
  const after = process.memoryUsage();
  // One set of encoders needs well over 1 MB of WebAssembly memory.
  expect(after.external + after.arrayBuffers - before.external - before.arrayBuffers).toBeLessThan(16e6);
  expect(after.rss - before.rss).toBeLessThan(64e6);
});
