import type { Rendition } from '../../base/media.ts';
import { aacWindow, edgeFrames, spliceable } from '../../media/aac-window.ts';

/** A source that is this many slots behind another one counts as silent. */
const SILENT_SLOTS = 2;

/** One fragment of the time grid. */
export interface Slot {
  readonly seq: number;
  readonly bytes: Buffer;
  /** Where a radio with titles may begin in it; see `TitleBlocks`. */
  readonly begin?: number;
  /** The whole state of the room with this fragment, as a box; see `StateNews`. */
  readonly state?: Buffer;
}

/**
 * Makes one unbroken run of fragments from the renditions of a family: it stays with its source, and switches to the
 * target at the first boundary where the target is available and the sound fits. A target that is not encoded yet, or
 * no longer, changes nothing.
 */
export class Splice {
  /** The rendition that goes out now; undefined before the first fragment. */
  source: string | undefined;
  /** The rendition that should go out. */
  target: string;
  /** The newest fragment that went out; −1 before the first. */
  newest = -1;
  readonly #codec: Rendition['codec'];
  readonly #family: ReadonlySet<string>;
  readonly #send: (slot: Slot) => void;
  readonly #since: (rendition: string, seq: number) => readonly Slot[];
  /** The newest fragment received of the target. */
  #flows = -1;
  /** The source's fragment, waiting a moment for the target's of the same slot. */
  #pending: Slot | undefined;
  /** True while the source's fragment waits because it does not fit what went out before. */
  #misfit = false;
  #last: Buffer | undefined;

  /** `since` gives what is held of a rendition from a fragment on: for a source that falls silent. */
  constructor(
    target: Rendition,
    family: readonly Rendition[],
    hooks: { send(slot: Slot): void; since(rendition: string, seq: number): readonly Slot[] },
  ) {
    this.target = target.id;
    this.#codec = target.codec;
    this.#family = new Set(family.map(({ id }) => id));
    this.#send = hooks.send;
    this.#since = hooks.since;
  }

  /** Begins after what a listener already received elsewhere. */
  begin(source: string, last: Slot): void {
    this.source = source;
    this.newest = last.seq;
    this.#last = last.bytes;
  }

  /** Receives a fragment of any rendition of the room. */
  take(rendition: string, seq: number, bytes: Buffer): void {
    if (!this.#family.has(rendition)) return;
    // What arrived from the source did not fit; another rendition, which was sent under its name until now, may.
    if (this.#misfit && this.#pending?.seq === seq && this.#fits(bytes))
      return void this.#out({ seq, bytes });
    if (rendition === this.target && rendition !== this.source) this.#fromTarget(seq, bytes);
    else if (rendition === this.source) this.#fromSource(seq, bytes);
    else if (this.source === undefined) this.#adopt(rendition, { seq, bytes });
    else if (seq > this.newest + SILENT_SLOTS) this.#rescue(rendition, { seq, bytes });
  }

  #fromSource(seq: number, bytes: Buffer): void {
    if (seq <= this.newest) return;
    this.#settle();
    const comes = this.source !== this.target && this.#flows === seq - 1;
    this.#misfit = seq === this.newest + 1 && this.#clashes(bytes);
    if (comes || this.#misfit) this.#pending = { seq, bytes };
    else this.#out({ seq, bytes });
  }

  #fromTarget(seq: number, bytes: Buffer): void {
    if (this.source === undefined) return void this.#adopt(this.target, { seq, bytes });
    this.#flows = Math.max(this.#flows, seq);
    if (this.#pending && this.#pending.seq < seq) this.#settle();
    const follows = seq === this.newest + 1;
    if (follows && this.#fits(bytes)) return void this.#adopt(this.target, { seq, bytes });
    if (this.#pending) this.#settle();
    else if (seq > this.newest + SILENT_SLOTS) this.#rescue(this.target, { seq, bytes });
  }

  /** Switches to another rendition on the sole condition that it has sound. */
  #rescue(rendition: string, newest: Slot): void {
    this.#settle();
    for (const slot of this.#since(rendition, this.newest + 1))
      if (slot.seq > this.newest && slot.seq < newest.seq) this.#adopt(rendition, slot);
    this.#adopt(rendition, newest);
  }

  #adopt(rendition: string, slot: Slot): void {
    this.source = rendition;
    this.#pending = undefined;
    this.#out(slot);
  }

  /** Sends what was waiting: the target did not come, or did not fit. */
  #settle(): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending) this.#out(pending);
  }

  #out(slot: Slot): void {
    this.newest = slot.seq;
    this.#last = slot.bytes;
    this.#pending = undefined;
    this.#misfit = false;
    this.#send(slot);
  }

  /** True when the windows of a fragment and of what went out before it can be read, and do not meet. */
  #clashes(bytes: Buffer): boolean {
    if (this.#codec !== 'aac' || !this.#last) return false;
    try {
      const { last } = edgeFrames(this.#last);
      const { first } = edgeFrames(bytes);
      return aacWindow(last) !== undefined && aacWindow(first) !== undefined && !spliceable(last, first);
    } catch {
      return false;
    }
  }

  #fits(bytes: Buffer): boolean {
    if (this.#codec !== 'aac') return true;
    if (!this.#last) return true;
    try {
      return spliceable(edgeFrames(this.#last).last, edgeFrames(bytes).first);
    } catch {
      return false;
    }
  }
}
