import type { Log } from '../base/log.ts';
import type { Codec, Fragment, Init, PcmBlock, Rendition } from '../base/media.ts';
import type { Ticks } from '../base/time.ts';
import { PRIMING } from '../media/priming.ts';
import { segmentAt, withTag } from '../wire/segment-tag.ts';
import { initOf } from './container.ts';
import type { EncoderThread, ThreadEvents } from './encoder-thread.ts';
import { BLOCKS_PER_FRAGMENT } from './encoding.ts';
import type { ThreadStart } from './thread.ts';

/** Dependencies of a packager. */
export interface PackagerDeps {
  readonly log: Log;
  readonly renditions: readonly Rendition[];
  /** Ids that are coded in any case, together with all renditions cut from the same encodes; default: all. */
  readonly always?: readonly string[];
  /** The tag of a segment, put in front of its first fragment where the container is fMP4. */
  tag(segment: number): Uint8Array;
  /** The first block pushed is the first of this fragment. */
  readonly firstSeq: number;
  /** Called once per rendition, before `open` resolves; empty for ADTS and MPEG. */
  init(init: Init): void;
  /**
   * Receives all renditions of a slot together, in order of `seq`, the best of each codec last. A rendition may be
   * missing from a slot when an encoder failed.
   */
  fragment(fragment: Fragment): void;
  /**
   * The rendition misses the current slot because its encoder failed, ended or is far behind. It tries again later.
   */
  encoderFailed?(rendition: string): void;
}

/** The running encoders of one program, in their own thread. */
export interface Packager extends AsyncDisposable {
  /** Takes the next 20 ms. The samples are copied. Never waits and never throws. */
  push(block: PcmBlock): void;
  /**
   * Selects the renditions coded besides `always`, from the second slot after this on. Until then they have no
   * fragments.
   */
  select(wanted: Iterable<string>): void;
  /** Delay of each codec in ticks, by which PROGRAM-DATE-TIME must be corrected. */
  readonly priming: Readonly<Record<Codec, Ticks>>;
}

/** Starts an encoder thread; resolves when it is ready for the first time. */
export type StartThread = (start: ThreadStart, events: ThreadEvents) => Promise<EncoderThread>;

/**
 * Limit of slots that the thread has not answered: 5.12 s. Beyond it sound is dropped until the thread has caught up.
 */
const MAX_SLOTS_WAITING = 16;
/** Blocks per message to the thread, a divisor of 16; each message wakes the thread. */
const BATCH_BLOCKS = 4;
const BLOCK_SAMPLES = 1920;
/** Blocks between two warnings about failing encoders: a second. */
const BLOCKS_PER_WARNING = 50;

/**
 * Opens a packager on any encoder thread. It passes blocks on slot by slot, and never more than the thread can take.
 */
export async function openWith(deps: PackagerDeps, startThread: StartThread): Promise<Packager> {
  const { log, renditions, firstSeq, always } = deps;
  const fixed = always ? withSiblings(renditions, always) : renditions.map(({ id }) => id);
  let coded = fixed;
  /** `due`: a thread is ready and begins with the next slot. `up`: it takes every block. */
  let state: 'away' | 'due' | 'up' = 'away';
  /** True when the thread's slot numbers differ from ours. */
  let lost = false;
  /** Slots sent to the thread and not yet answered. */
  let waiting = 0;
  let pushed = 0;
  let batch: { samples: Float32Array<ArrayBuffer>; wide: number } | undefined;
  let warned = Number.NEGATIVE_INFINITY;
  const tagsIn = new Set(renditions.filter(({ container }) => container === 'fmp4').map(({ id }) => id));
  const tagged = (fragment: Fragment): Fragment => {
    const segment = tagsIn.has(fragment.rendition) ? segmentAt(fragment.seq) : undefined;
    return segment === undefined
      ? fragment
      : { ...fragment, bytes: withTag(deps.tag(segment), fragment.bytes) };
  };
  const warn = (fields: object, message: string): void => {
    if (pushed - warned < BLOCKS_PER_WARNING) return;
    warned = pushed;
    log.warn(fields, message);
  };

  const thread = await startThread(
    { renditions, firstSeq, coded },
    {
      ready() {
        state = 'due';
        waiting = 0;
      },
      gone(error) {
        state = 'away';
        batch = undefined;
        lost = true;
        log.error({ error: String(error) }, 'the encoder thread ended unexpectedly; starting another');
        for (const id of coded) deps.encoderFailed?.(id);
      },
      slot(fragments) {
        waiting--;
        for (const fragment of fragments) deps.fragment(tagged(fragment));
      },
      failed(rendition, error) {
        warn(
          { rendition, error },
          'an encoder failed: 320 ms of this rendition are missing, and doors fill them with another rendition or hold music',
        );
        deps.encoderFailed?.(rendition);
      },
    },
  );
  for (const rendition of renditions) deps.init({ rendition: rendition.id, bytes: initOf(rendition) });

  const beginSlot = (seq: number): void => {
    if (state === 'up' && waiting >= MAX_SLOTS_WAITING) {
      state = 'due';
      lost = true;
      warn({ seq }, 'the encoders are five seconds behind: sound is dropped until they have caught up');
      for (const id of coded) deps.encoderFailed?.(id);
    } else if (state === 'due' && waiting === 0) {
      if (lost) {
        thread.order({ kind: 'skip', seq });
        thread.order({ kind: 'select', coded });
      }
      state = 'up';
      lost = false;
    }
    if (state === 'up') waiting++;
  };
  return {
    priming: PRIMING,
    push({ samples, stereo }) {
      const index = pushed % BLOCKS_PER_FRAGMENT;
      if (index === 0) beginSlot(firstSeq + pushed / BLOCKS_PER_FRAGMENT);
      pushed++;
      if (state !== 'up') return;
      const at = index % BATCH_BLOCKS;
      if (at === 0) batch = { samples: new Float32Array(BATCH_BLOCKS * BLOCK_SAMPLES), wide: 0 };
      if (!batch) return;
      batch.samples.set(samples, at * BLOCK_SAMPLES);
      if (stereo) batch.wide |= 1 << at;
      if (at < BATCH_BLOCKS - 1) return;
      thread.order({ kind: 'blocks', ...batch }, [batch.samples.buffer]);
      batch = undefined;
    },
    select(wanted) {
      const known = new Set(wanted);
      const next = renditions.map(({ id }) => id).filter((id) => fixed.includes(id) || known.has(id));
      if (next.join() === coded.join()) return;
      coded = next;
      if (state !== 'away') thread.order({ kind: 'select', coded });
    },
    [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose](),
  };
}

/** The given ids and all ids cut from the same encodes, in the order of the list. */
function withSiblings(renditions: readonly Rendition[], ids: readonly string[]): readonly string[] {
  const encode = ({ codec, bitrate }: Rendition): string => `${codec} ${bitrate}`;
  const running = new Set(renditions.filter(({ id }) => ids.includes(id)).map(encode));
  return renditions.filter((rendition) => running.has(encode(rendition))).map(({ id }) => id);
}
