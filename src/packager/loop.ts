import { setImmediate } from 'node:timers/promises';
import type { Rendition } from '../base/media.ts';
import { initOf } from './container.ts';
import { BLOCKS_PER_FRAGMENT, loadCodecs, openEncoding } from './encoding.ts';

/** What is coded as a loop. */
export interface LoopDeps {
  readonly renditions: readonly Rendition[];
  /** Length in slots of 320 ms, at least 2. A multiple of 3 keeps MP3 frames whole at the seam. */
  readonly fragments: number;
  /**
   * Fills 1,920 interleaved floats with 20 ms of sound. Called with 0, 1, 2, …, including a few blocks past the end.
   */
  render(block: number, out: Float32Array): void;
}

/** One rendition of a loop; fragment k has sequence number k and is moved to its slot by `retime`. */
export interface PackagedLoop {
  readonly init: Uint8Array;
  readonly fragments: Uint8Array[];
}

const SAMPLES = 1920;
/** Blocks rendered past the end and faded into the beginning: 320 ms. */
const OVERLAP_BLOCKS = BLOCKS_PER_FRAGMENT;

/**
 * Codes a loop of `fragments` × 320 ms in every rendition; doors play it while the studio is away. The loop has no
 * click at its seam: the sound past the end is faded into the beginning, and the encoders first run through the end of
 * the loop. Takes about 0.15 CPU-seconds per second of loop in this thread, which yields every few milliseconds.
 * @throws RangeError when the loop is shorter than 2 fragments.
 */
export async function packageLoop(deps: LoopDeps): Promise<Map<string, PackagedLoop>> {
  const { renditions, fragments } = deps;
  if (!Number.isInteger(fragments) || fragments < 2) throw new RangeError('a loop has at least 2 fragments');
  const pcm = await renderLoop(deps);
  const loops = new Map<string, PackagedLoop>(
    renditions.map((rendition) => [rendition.id, { init: initOf(rendition), fragments: [] }]),
  );
  const codecs = await loadCodecs();
  const lead = Math.min(LEAD_FRAGMENTS, fragments);
  let keep = false;
  let problem: unknown;
  using encoding = await openEncoding(codecs, renditions, fragments - lead, {
    fragment({ rendition, bytes }) {
      if (keep) loops.get(rendition)?.fragments.push(bytes);
    },
    failed(_, error) {
      problem = error;
    },
  });
  const code = async (from: number, to: number): Promise<void> => {
    for (let block = from; block < to; block++) {
      const at = block * SAMPLES;
      encoding.push(pcm.slice(at, at + SAMPLES), isWide(pcm, at));
      if (problem) throw problem;
      await setImmediate();
    }
  };
  const blocks = fragments * BLOCKS_PER_FRAGMENT;
  await code(blocks - lead * BLOCKS_PER_FRAGMENT, blocks);
  keep = true;
  encoding.renumber(0);
  await code(0, blocks);
  return loops;
}

/**
 * Fragments of the loop's end that the encoders code first, so that they reach its beginning in the state of every
 * later round.
 */
const LEAD_FRAGMENTS = 12;

async function renderLoop({ fragments, render }: LoopDeps): Promise<Float32Array> {
  const blocks = fragments * BLOCKS_PER_FRAGMENT;
  const all = new Float32Array((blocks + OVERLAP_BLOCKS) * SAMPLES);
  for (let block = 0; block < blocks + OVERLAP_BLOCKS; block++) {
    render(block, all.subarray(block * SAMPLES, (block + 1) * SAMPLES));
    if (block % BLOCKS_PER_FRAGMENT === 0) await setImmediate();
  }
  const pcm = all.subarray(0, blocks * SAMPLES);
  crossfade(pcm, all.subarray(blocks * SAMPLES));
  return pcm;
}

/** Fades from `past` into the beginning of `pcm`. The power stays constant, whatever the correlation of the two. */
function crossfade(pcm: Float32Array, past: Float32Array): void {
  let both = 0;
  let a = 0;
  let b = 0;
  for (let i = 0; i < past.length; i++) {
    const x = past[i] ?? 0;
    const y = pcm[i] ?? 0;
    both += x * y;
    a += x * x;
    b += y * y;
  }
  const correlation = a > 0 && b > 0 ? Math.max(0, both / Math.sqrt(a * b)) : 1;
  const frames = past.length / 2;
  for (let i = 0; i < past.length; i++) {
    const rise = Math.floor(i / 2) / frames;
    const fall = 1 - rise;
    const gain = 1 / Math.sqrt(rise * rise + fall * fall + 2 * correlation * rise * fall);
    pcm[i] = gain * (fall * (past[i] ?? 0) + rise * (pcm[i] ?? 0));
  }
}

function isWide(pcm: Float32Array, at: number): boolean {
  for (let i = at; i < at + SAMPLES; i += 2) if (pcm[i] !== pcm[i + 1]) return true;
  return false;
}
