import type { Codec, Rendition } from '../base/media.ts';
import { loadAac } from './aac.ts';
import type { Codecs } from './frame-encoder.ts';
import { Lane, type LaneSink } from './lane.ts';
import { loadMp3 } from './mp3.ts';
import { openOpus } from './opus.ts';

/** Blocks of 20 ms in one fragment. */
export const BLOCKS_PER_FRAGMENT = 16;

/** Loads the three codecs into this thread and runs them until WebAssembly is fully compiled; takes about a second. */
export async function loadCodecs(): Promise<Codecs> {
  const codecs: Codecs = { opus: openOpus, aac: await loadAac(), mp3: await loadMp3() };
  await warm(codecs);
  return codecs;
}

const WARM_BLOCKS = 100;

/** WebAssembly is slow until it is fully compiled, so it runs here before anybody listens. */
async function warm(codecs: Codecs): Promise<void> {
  using stack = new DisposableStack();
  const encoders = [
    stack.use(await codecs.opus(64_000)),
    stack.use(await codecs.opus(24_000)),
    stack.use(await codecs.aac(64_000)),
    stack.use(await codecs.mp3(64_000)),
  ];
  const mono = new Float32Array(960);
  const stereo = new Float32Array(1920);
  for (let n = 0; n < WARM_BLOCKS; n++) {
    for (let i = 0; i < 960; i++) {
      const noise = ((Math.imul(n * 960 + i, 0x9e3779b1) >>> 8) / 0xffffff - 0.5) * (n % 10 < 5 ? 0.3 : 0.02);
      mono[i] = noise;
      stereo[2 * i] = noise;
      stereo[2 * i + 1] = noise;
    }
    for (const encoder of encoders)
      encoder.encode({ stereo, mono, wide: n > 80, index: n % BLOCKS_PER_FRAGMENT });
  }
}

/** All encoders of one program in this thread. */
export interface Encoding extends Disposable {
  /** Takes the next 20 ms: 1,920 interleaved floats. Fragments come out before this returns. */
  push(samples: Float32Array, stereo: boolean): void;
  /** Lets the next block begin slot `seq`; every encoder is restarted. */
  skipTo(seq: number): void;
  /**
   * Selects the renditions coded from the next slot on. A rendition that was not coded needs one more slot to start.
   */
  select(coded: ReadonlySet<string>): void;
  /** Gives the next slot this number while the sound continues. Allowed only between two slots. */
  renumber(seq: number): void;
}

/**
 * Starts one encoder per codec and bitrate of the renditions to be coded (default: all). Renditions with the same codec
 * and bitrate are cut from one encode. In each slot the best encode of a codec, which is the first in the list, comes
 * last, so its arrival means that the slot is complete.
 */
export async function openEncoding(
  codecs: Codecs,
  renditions: readonly Rendition[],
  firstSeq: number,
  sink: LaneSink,
  coded: ReadonlySet<string> = new Set(renditions.map(({ id }) => id)),
): Promise<Encoding> {
  const groups = Map.groupBy(renditions, ({ codec, bitrate }) => `${codec} ${bitrate}`);
  const lanes: Lane[] = [];
  const best = new Map<Codec, Lane>();
  try {
    for (const group of groups.values()) {
      const [first] = group;
      if (!first) continue;
      const instead = best.get(first.codec);
      const start = () => codecs[first.codec](first.bitrate);
      const lane = await Lane.open(
        { renditions: group, sink, start, ...(instead ? { instead } : {}) },
        coded,
      );
      if (!instead) best.set(first.codec, lane);
      lanes.push(lane);
    }
  } catch (error) {
    for (const lane of lanes) lane[Symbol.dispose]();
    throw error;
  }
  const mono = new Float32Array(960);
  let seq = firstSeq;
  let index = 0;
  return {
    push(samples, wide) {
      for (let i = 0; i < mono.length; i++) {
        const left = samples[2 * i] ?? 0;
        const right = samples[2 * i + 1] ?? 0;
        // Not finite or absurdly loud: one such sample would stop the AAC encoders.
        if (!(Math.abs(left) <= LOUDEST && Math.abs(right) <= LOUDEST)) {
          samples[2 * i] = 0;
          samples[2 * i + 1] = 0;
          mono[i] = 0;
        } else {
          mono[i] = (left + right) / 2;
        }
      }
      for (const lane of lanes) lane.push({ stereo: samples, mono, wide, index });
      if (++index < BLOCKS_PER_FRAGMENT) return;
      for (const lane of lanes.toReversed()) lane.cut(seq);
      index = 0;
      seq++;
    },
    select(next) {
      for (const lane of lanes) lane.select(next);
    },
    skipTo(next) {
      seq = next;
      index = 0;
      for (const lane of lanes) lane.restart();
    },
    renumber(next) {
      seq = next;
    },
    [Symbol.dispose]() {
      for (const lane of lanes) lane[Symbol.dispose]();
    },
  };
}

/** Full scale is 1 and a limiter runs before this, so this value is far outside the range. */
const LOUDEST = 8;
