import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Fragment, Init, PcmBlock, Rendition } from '../../base/media.ts';
import {
  type EpochMs,
  FRAGMENT_TICKS,
  FRAGMENTS_PER_PART,
  fragmentAt,
  fragmentStart,
  ms,
  ticks,
} from '../../base/time.ts';
import { type Mixer, type MixerState, open as openMixer, type Rested } from '../../mixer/index.ts';
import { open as openPackager, type Packager } from '../../packager/index.ts';
import { EncoderWatch } from './encoder-watch.ts';

/** Dependencies of making a room's sound. */
export interface AirDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly zero: EpochMs;
  readonly renditions: readonly Rendition[];
  /** Ids of renditions that are always coded. */
  readonly always: readonly string[];
  /** The state of a room that rested; it continues from there. */
  readonly rested?: Rested;
  /** The tag of a segment of this room's program. */
  tag(segment: number): Uint8Array;
  init(init: Init): void;
  /** Not called after closing. */
  fragment(fragment: Fragment): void;
  block(block: PcmBlock): void;
  state(state: MixerState): void;
}

/** The mixer and the encoders of one room: the part that costs processor time even when nobody listens. */
export interface Air extends AsyncDisposable {
  readonly mixer: Mixer;
  readonly packager: Packager;
  /** Its first fragment. */
  readonly firstSeq: number;
  /**
   * What the program carries, and why it is silent when it is: as the mixer says, unless nothing is being coded.
   */
  state(): MixerState;
  /**
   * Continues until what is being said now is coded, and stops after the first half of a part: players that already
   * have every listed part then find one more together with the end of the list, and some (video.js 8) notice the end
   * only by it. Also resolves when the encoders have not got that far within `FINISH_MS`.
   */
  finish(): Promise<void>;
}

/** Slots between the decision to start and the first fragment, so that opening takes no time from the program. */
export const LEAD_SLOTS = 4;

/** A part takes 640 ms, and encoding it a moment more. */
const FINISH_MS = ms(1500);

/** Opens the mixer and the encoders at the next free slot of the grid, `LEAD_SLOTS` from now. */
export async function openAir(deps: AirDeps): Promise<Air> {
  const { clock, zero, rested } = deps;
  const firstSeq = Math.max(0, fragmentAt(zero, clock.wall()) + LEAD_SLOTS);
  // After other sound an encoder's first slot is coded unheard: without a past it would begin in silence.
  const codedFrom = rested ? firstSeq - 1 : firstSeq;
  const encoders = new EncoderWatch();
  let closed = false;
  let lastSeq = Number.POSITIVE_INFINITY;
  let finished: (() => void) | undefined;
  await using parts = new AsyncDisposableStack();
  parts.defer(() => {
    closed = true;
  });
  const packager = parts.use(
    await openPackager({
      log: deps.log.part('packager'),
      ...{ renditions: deps.renditions, always: deps.always, firstSeq: codedFrom },
      ...{ tag: deps.tag, init: deps.init },
      encoderFailed: () => encoders.failed(clock.wall()),
      fragment(fragment) {
        encoders.came();
        if (closed || fragment.seq < firstSeq || fragment.seq > lastSeq) return;
        deps.fragment(fragment);
        if (!finished || fragment.seq % FRAGMENTS_PER_PART !== 0) return;
        // The other renditions of this slot come in the same turn.
        lastSeq = fragment.seq;
        finished();
      },
    }),
  );
  const mixer = parts.use(
    await openMixer({
      clock,
      log: deps.log.part('mixer'),
      firstTick: ticks(codedFrom * FRAGMENT_TICKS),
      due: ms(clock.now() + (fragmentStart(zero, codedFrom) - clock.wall())),
      ...(rested ? { rested } : {}),
      block(block) {
        packager.push(block);
        deps.block(block);
      },
      state: deps.state,
    }),
  );
  const opened = parts.move();
  return {
    ...{ mixer, packager, firstSeq },
    state: () => encoders.seen(mixer.state(), clock.wall()),
    async finish() {
      const { promise, resolve } = Promise.withResolvers<void>();
      finished = resolve;
      using _limit = clock.after(FINISH_MS, resolve);
      await promise;
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      await opened.disposeAsync();
    },
  };
}
