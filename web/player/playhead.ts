import type { MediaBuffer } from './buffer.ts';
import type { Edge } from './edge.ts';

/** The server's first burst normally comes in one read; after this long begin with what there is. */
const BURST_MS = 80;
const FRAGMENT_MS = 320;
const SEEK_SETTLES = 0.5;
/** Less than this before a hole nothing more is played, seconds. */
const NEAR = 0.15;
/** So much less than the margin is as good, seconds. */
const SLACK = 0.1;

/** Monotonic seconds. */
export const seconds = (): number => performance.now() / 1000;

/**
 * Where on its element a program is played: begins in phase with the writes, keeps the margin, and jumps over holes.
 */
export class Playhead {
  readonly #audio: HTMLAudioElement;
  /** How much is kept in hand, and what is done about it. */
  edge: Edge;
  /** Undefined while nothing is to be heard. */
  buffer: MediaBuffer | undefined;
  /** Milliseconds between two writes of the stream. */
  period = FRAGMENT_MS;
  /** When the next write is due, by `performance.now()`. */
  nextWrite = 0;
  /** True once it stands where it should. */
  started = false;
  /** No more sound will come: what is buffered is played out. */
  finishing = false;
  /** Times sound was skipped. */
  jumps = 0;
  #openedAt = 0;
  #soughtAt = 0;

  constructor(audio: HTMLAudioElement, edge: Edge) {
    this.#audio = audio;
    this.edge = edge;
  }

  /** The first burst of a stream arrives: it begins when there is enough of it. */
  awaitBurst(): void {
    this.#openedAt = seconds();
    setTimeout(() => this.#begin(), BURST_MS + 5);
  }

  /** True shortly after a seek: the element waits of itself. */
  get seeking(): boolean {
    return this.#audio.seeking || seconds() - this.#soughtAt < SEEK_SETTLES;
  }

  /** Seconds to be in hand right after a write, so that the margin is left when the next one comes. */
  get lead(): number {
    return this.edge.margin + Math.max(FRAGMENT_MS, this.period) / 1000;
  }

  /** Above 1 % the ear hears the pitch; at 1 % it would hear the change. */
  pace(rate: number): void {
    const audio = this.#audio;
    if (audio.playbackRate === rate) return;
    audio.preservesPitch = Math.abs(rate - 1) > 0.011;
    audio.playbackRate = rate;
  }

  /** Goes to a place of the element's time, seconds. */
  seek(to: number): void {
    this.#soughtAt = seconds();
    this.edge.reset();
    this.pace(1);
    this.#audio.currentTime = to;
  }

  /** Goes to the live edge, with the lead in hand, but not further back than `from`. */
  toEdge(from = Number.NEGATIVE_INFINITY): void {
    const { start, end } = this.buffer ?? {};
    if (this.started && start !== undefined && end !== undefined)
      this.seek(Math.max(start, from, end - this.lead));
  }

  /** Begins if it has not; jumps over a hole, or back into what is buffered. */
  settle(): void {
    this.#begin();
    const { buffer } = this;
    const audio = this.#audio;
    if (!this.started || !buffer || audio.seeking) return;
    const { start, end } = buffer;
    if (start === undefined || end === undefined) return;
    const now = audio.currentTime;
    // A decoder may stop some frames before the end of what it has.
    const near = audio.readyState < audio.HAVE_FUTURE_DATA ? NEAR : 0.02;
    for (let i = 0; i < audio.buffered.length; i++) {
      if (now >= audio.buffered.start(i) - 0.01 && now < audio.buffered.end(i) - near) return;
    }
    // A hole lasts as long as what is missing: a player that hurried over it would run dry after it.
    if (now < start && (this.finishing || end - start > this.lead - SLACK)) {
      this.jumps++;
      this.seek(Math.max(start, end - this.lead));
    }
  }

  /** Starts in phase: the margin must still be there at the instant before the next write. */
  #begin(): void {
    const { buffer } = this;
    if (this.started || !buffer || buffer.waiting > 0) return;
    const { start, end } = buffer;
    if (start === undefined || end === undefined) return;
    if (end - start < this.edge.margin + 0.3 && seconds() - this.#openedAt < BURST_MS / 1000) return;
    this.started = true;
    const next = Math.max(0, this.nextWrite - performance.now()) / 1000;
    this.seek(Math.max(start, end - this.edge.margin - next));
  }
}
