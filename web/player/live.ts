import { FRAGMENT_MS, FRAGMENTS_PER_SEGMENT } from '../../src/base/time.ts';
import { keyRefused } from '../kit/room-name.ts';
import { openBuffer, playableCodec } from './buffer.ts';
import { Edge } from './edge.ts';
import { lazily } from './lazily.ts';
import { NetworkHistory } from './network.ts';
import type { Player, PlayerOptions, PlayerState, PlayerStats } from './player.ts';
import { Playhead, seconds } from './playhead.ts';
import { canShare, openShared, type SharedStream } from './share.ts';
import { openStream, type Sink, type Stream, type Where } from './stream.ts';
import { streamAddress } from './stream-address.ts';

/** A reconnect that succeeds within this time is not shown. */
const QUIET_MS = 1_000;
/** Added to the difference before writes become rarer, seconds: the place within the new period is another one. */
const SPARE = 0.2;
/** Buffered when the next segment is fetched, seconds: a cache may have to ask its own upstream. */
const CACHED_MARGIN = 3;
const BROKEN_RETRY_MS = 300;
/** A second decoder fault within this time is retried more slowly, seconds. */
const BROKEN_AGAIN = 10;
/** A stream that has brought nothing for this long beyond its period no longer tells the room's state, seconds. */
const SILENT = 3;

type Playable = NonNullable<ReturnType<typeof playableCodec>>;
type Caches = ReturnType<NonNullable<PlayerOptions['fromCaches']>>;

/** The player over the stream and a MediaSource. */
class LivePlayer implements Player {
  readonly audio: HTMLAudioElement;
  state: PlayerState = 'idle';
  readonly #options: PlayerOptions;
  readonly #playable: Playable;
  readonly #head: Playhead;
  readonly #network: NetworkHistory;
  readonly #listeners = new Set<(state: PlayerState) => void>();
  readonly #counts = { waits: 0, reconnects: 0, rebuilt: 0 };
  readonly #events: Readonly<Record<string, () => void>>;
  /** The caches that are heard instead of a door's stream. */
  #caches: Caches;
  #stream: Stream | SharedStream | undefined;
  #where: Where = { place: 'live', behind: 0 };
  #init: Uint8Array<ArrayBuffer> | undefined;
  /** The newest fragment received. */
  #last: number | undefined;
  /** True while more is buffered for the sake of caches. */
  #roomy = false;
  /** This page ended the connection itself, for another place: that is no stall. */
  #left = false;
  /** The current connection has told the state of the room. */
  #told = false;
  #quiet: ReturnType<typeof setTimeout> | undefined;
  #brokeAt = Number.NEGATIVE_INFINITY;

  constructor(options: PlayerOptions, audio: HTMLAudioElement, playable: Playable) {
    this.audio = audio;
    this.#options = options;
    this.#playable = playable;
    this.#network = new NetworkHistory(options.network);
    this.#head = new Playhead(audio, new Edge(options.margin));
    this.#head.edge.floor = this.#network.spare;
    this.#events = this.#elementEvents();
    for (const [name, run] of Object.entries(this.#events)) audio.addEventListener(name, run);
  }

  get behind(): number | undefined {
    const end = this.#head.buffer?.end;
    if (!this.#head.started || end === undefined || this.audio.paused) return undefined;
    return Math.max(0, end - this.audio.currentTime) + this.#where.behind / 1000;
  }

  get place(): Where['place'] {
    return this.#where.place;
  }

  get steady(): 'learned' | 'chosen' | undefined {
    return this.#network.steady;
  }

  get informed(): boolean {
    const patience = SILENT + this.#head.period / 1000;
    return this.#told && this.#stream !== undefined && this.#network.silence < patience;
  }

  get session(): string | undefined {
    return this.#where.session;
  }

  get cached(): boolean {
    return this.#stream !== undefined && this.#caches !== undefined;
  }

  get position(): number | undefined {
    return this.#head.started ? this.audio.currentTime : undefined;
  }

  steadier(on: boolean): void {
    this.#network.steadier(on);
    this.#head.edge.floor = this.#network.spare;
    this.#head.toEdge();
  }

  async play(): Promise<void> {
    const head = this.#head;
    if (this.#stream && head.buffer) return;
    // A player whose decoder broke is no newcomer: it stays where it was.
    if (this.state !== 'reconnecting') this.#choosePlace();
    head.buffer = openBuffer(
      this.audio,
      this.#playable.mime,
      () => head.settle(),
      () => this.#broken(),
    );
    this.#network.watch();
    head.edge.reset();
    if (this.state !== 'reconnecting') this.#become('connecting');
    this.audio.preservesPitch = false;
    const allowed = this.audio.play();
    this.#stream = this.#connect();
    await allowed.catch((error: unknown) => {
      if (error instanceof DOMException && error.name === 'NotAllowedError') this.#drop('blocked');
    });
  }

  pause(): void {
    this.#drop('idle');
  }

  again(): void {
    if (!this.#stream || this.#head.finishing) return;
    // Only upwards: from caches to a door, never back.
    if (this.#caches && this.#cachesNow()) return;
    this.#caches = undefined;
    this.#left = true;
    this.#stream.close();
    // The ticket goes before a seat, which may be of another evening.
    this.#where = { ...this.#where, seat: undefined };
    this.#stream = this.#connect();
  }

  live(): void {
    this.#head.toEdge(this.audio.currentTime);
  }

  end(): void {
    const head = this.#head;
    this.#stream?.close();
    this.#stream = undefined;
    clearTimeout(this.#quiet);
    head.finishing = true;
    if (head.started && head.buffer) head.buffer.finish();
    else this.#drop('ended');
  }

  onChange(listen: (state: PlayerState) => void): void {
    this.#listeners.add(listen);
  }

  stats(): PlayerStats {
    const { edge, jumps } = this.#head;
    return {
      ...this.#counts,
      jumps,
      state: this.state,
      seq: this.#last,
      low: edge.low,
      margin: edge.margin,
      rate: this.audio.playbackRate,
      leads: this.#stream !== undefined && (!('leads' in this.#stream) || this.#stream.leads),
    };
  }

  close(): void {
    this.#drop('idle');
    for (const [name, run] of Object.entries(this.#events)) this.audio.removeEventListener(name, run);
    this.audio.removeAttribute('src');
    this.#listeners.clear();
  }

  #become(next: PlayerState): void {
    if (this.state === next) return;
    this.state = next;
    for (const listen of this.#listeners) listen(next);
  }

  /** A listener of caches buffers more. */
  #learn(far: boolean): void {
    this.#roomy = far;
    this.#head.edge = new Edge(this.#options.margin ?? (far ? CACHED_MARGIN : undefined));
    this.#head.edge.floor = this.#network.spare;
  }

  /** The caches to listen to now, if any are named. */
  #cachesNow(): Caches {
    const told = this.#options.fromCaches?.();
    return told?.caches.length ? told : undefined;
  }

  #choosePlace(): void {
    const far = this.#cachesNow();
    // What was learned about the network stays when nothing changes.
    if ((far !== undefined) !== this.#roomy) {
      this.#learn(far !== undefined);
      this.#where = { place: far ? 'ring' : 'live', behind: far?.delay ?? 0, session: this.session };
    }
    this.#caches = far;
  }

  #connect(): Stream | SharedStream {
    this.#told = false;
    const { slug, base = '', share, ticket, embed = false } = this.#options;
    const { codec } = this.#playable;
    const request = {
      url: (after: number | undefined) => {
        const wish = { base, slug, codec, margin: this.#head.edge.margin, after, embed };
        return streamAddress({ ...wish, ticket: ticket?.call(this.#options) }, this.#where);
      },
      after: () => this.#last,
      unknown: () => keyRefused(slug),
      ahead: () => Math.max(0, (this.#head.buffer?.end ?? 0) - this.audio.currentTime),
    };
    const direct = (to: Sink): Stream => openStream(request, to);
    const own = (to: Sink): Stream => {
      this.#caches = undefined;
      return direct(to);
    };
    const from = this.#caches;
    const source = from
      ? lazily(async (to) => {
          const { openCachedStream } = await import('./cached-stream.ts');
          return openCachedStream({ slug, codec, ...from, ...request, fallback: own }, to);
        }, own)
      : direct;
    const sink = this.#sink();
    return !from && share !== false && canShare()
      ? openShared(`earshot:${base}${slug}:${codec}`, source, sink)
      : source(sink);
  }

  #sink(): Sink {
    return {
      opened: (period, next, to) => this.#opened(period, next, to),
      notice: (notice) => {
        if ('place' in notice) {
          this.#network.anew('at-once');
          this.#head.period = notice.period;
          this.#head.edge.arrived();
          this.#move({ place: notice.place, behind: 0 }, notice.next);
        } else this.#pace(notice.period, notice.in);
      },
      init: (bytes) => {
        const known = this.#init;
        if (known?.length === bytes.length && known.every((byte, i) => byte === bytes[i])) return;
        this.#init = bytes;
        this.#head.buffer?.append(bytes);
      },
      told: (change) => {
        this.#told = true;
        this.#options.told?.(change, this.place);
      },
      fragment: (seq, bytes) => this.#fragment(seq, bytes),
      lost: () => {
        this.#counts.reconnects++;
        this.#quiet ??= setTimeout(() => {
          if (this.#stream && this.state !== 'blocked') this.#become('reconnecting');
        }, QUIET_MS);
      },
      over: () => this.end(),
    };
  }

  #opened(period: number, next: number, to: Where | undefined): void {
    const head = this.#head;
    head.period = period;
    head.edge.arrived();
    // A newcomer gets the newest sound, which has been ready for a while.
    this.#network.anew(this.#left || this.#last === undefined ? 'at-once' : 'after');
    this.#left = false;
    if (to) this.#move(to, next);
    head.nextWrite = performance.now() + Math.min(next, period + 2 * FRAGMENT_MS);
    if (!head.started) head.awaitBurst();
  }

  /** What follows is another part of the program: playback begins there, while what is buffered plays on. */
  #move(to: Where, next: number): void {
    const head = this.#head;
    const back = this.#where.place === 'live' && to.place === 'ring';
    const moved = this.#where.place !== to.place;
    if (moved) this.#network.anew('at-once');
    const { seat, back: known, session } = this.#where;
    this.#where = { ...to, seat: to.seat ?? seat, back: to.back ?? known, session: to.session ?? session };
    if (!moved) return;
    // At the live edge nothing extra is buffered for caches.
    if (to.place === 'live' && this.#roomy) this.#learn(false);
    if (head.started) {
      // It is further back than what is buffered, which would be taken for the newest.
      if (back) {
        head.buffer?.remove(0, Number.POSITIVE_INFINITY);
        this.#last = undefined;
      } else head.jumps++;
      head.started = false;
      head.nextWrite = performance.now() + next;
      head.awaitBurst();
    }
    for (const listen of this.#listeners) listen(this.state);
  }

  /** Writes come every `period` ms, in `wait` ms at the earliest; 0: from the next one on. */
  #pace(period: number, wait: number): void {
    const head = this.#head;
    const change = (period - head.period) / 1000;
    if (wait > 0) {
      head.edge.prepare(change + SPARE, wait / 1000, seconds());
      return;
    }
    this.#network.anew('at-once');
    head.edge.arrived(-change);
    head.period = period;
    head.pace(1);
  }

  #fragment(seq: number, bytes: Uint8Array<ArrayBuffer>): void {
    const { audio } = this;
    const head = this.#head;
    const { buffer } = head;
    if (!buffer || !this.#init || (this.#last !== undefined && seq <= this.#last)) return;
    this.#last = seq;
    if (seq % FRAGMENTS_PER_SEGMENT === 0) this.#options.segment?.(seq / FRAGMENTS_PER_SEGMENT, bytes);
    const late = this.#network.arrived(seq, head.period / 1000);
    head.edge.floor = this.#network.spare;
    const { end } = buffer;
    const steady = head.started && !audio.paused && buffer.waiting === 0;
    if (late !== undefined && steady && end !== undefined) {
      const { rate, jump } = head.edge.sample(Math.max(0, end - audio.currentTime), seconds(), late);
      if (jump > 0) {
        head.jumps++;
        head.seek(audio.currentTime + jump);
      } else head.pace(rate);
    }
    buffer.append(bytes);
    clearTimeout(this.#quiet);
    this.#quiet = undefined;
    if (this.state === 'reconnecting') this.#become(audio.paused ? 'connecting' : 'playing');
  }

  #drop(next: PlayerState): void {
    const head = this.#head;
    this.#stream?.close();
    this.#stream = undefined;
    head.buffer?.close();
    head.buffer = undefined;
    this.#init = undefined;
    this.#last = undefined;
    head.started = false;
    head.finishing = false;
    clearTimeout(this.#quiet);
    this.#quiet = undefined;
    this.#network.rest();
    this.#become(next);
    this.audio.pause();
  }

  /** The decoder gave up: another one goes on where it was. */
  #broken(): void {
    this.#counts.rebuilt++;
    const wait = seconds() - this.#brokeAt < BROKEN_AGAIN ? BROKEN_RETRY_MS * 4 : 0;
    this.#brokeAt = seconds();
    this.#drop('reconnecting');
    setTimeout(() => {
      if (this.state === 'reconnecting') void this.play();
    }, wait);
  }

  #elementEvents(): Readonly<Record<string, () => void>> {
    const { audio } = this;
    const head = this.#head;
    return {
      playing: () => {
        if (head.buffer && !head.finishing && head.started) this.#become('playing');
      },
      waiting: () => {
        if (!head.buffer || !head.started || head.seeking) return;
        this.#counts.waits++;
        if (this.#network.blamed) head.edge.starved(seconds());
        head.settle();
      },
      // The system paused the element: a phone call, an unplugged headset, the lock screen.
      pause: () => {
        if (head.buffer && head.started && !audio.ended && !head.finishing) this.#drop('idle');
      },
      ended: () => {
        if (head.finishing) this.#drop('ended');
      },
    };
  }
}

/** The player this browser can have over MediaSource, or undefined. */
export function livePlayer(options: PlayerOptions, audio: HTMLAudioElement): Player | undefined {
  const playable = playableCodec();
  return playable && new LivePlayer(options, audio, playable);
}
