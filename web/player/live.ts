import { openBuffer, playableCodec } from './buffer.ts';
import { Edge } from './edge.ts';
import type { Player, PlayerOptions, PlayerState, PlayerStats } from './index.ts';
import { lazily } from './lazily.ts';
import { Playhead, seconds } from './playhead.ts';
import { BEAT, Pulse } from './pulse.ts';
import { canShare, openShared, type SharedStream } from './share.ts';
import { Stalls } from './stalls.ts';
import { openStream, type Sink, type Stream, type Where } from './stream.ts';

/** A reconnect that succeeds within this time is nobody's business. */
const QUIET_MS = 1_000;
/** Grown beyond the difference before writes become rarer, seconds: the place within the new period is another one. */
const SPARE = 0.2;
/** Sound in hand when the next segment is asked for, seconds: a cache may have to ask further back. */
const RING_MARGIN = 3;
/** Kept in hand by who wants it steadier, seconds. */
const STEADY = 8;
/** The page says that the connection pauses from this much on. */
const NOTABLE = 1.5;
const FRAGMENT_MS = 320;
const BROKEN_RETRY_MS = 300;
/** A stream that has brought nothing for this long beyond its period tells nothing either, seconds. */
const SILENT = 3;
/** A page that stood still within this time before it ran dry cannot blame its network, seconds. */
const JUST_NOW = 1;

/** The player over the stream and a MediaSource. */
export function openLive(
  options: PlayerOptions,
  audio: HTMLAudioElement,
  playable: { codec: 'opus' | 'aac'; mime: string },
): Player {
  const { slug, base = '' } = options;
  const listeners = new Set<(state: PlayerState) => void>();
  let ring: ReturnType<NonNullable<PlayerOptions['ring']>>;
  const stalls = new Stalls(options.network?.read(), seconds());
  const pulse = new Pulse(seconds());
  let heartbeat: ReturnType<typeof setInterval> | undefined;
  /** When the last fragment arrived. */
  let heard = seconds();
  /** This page ended the connection itself, for another place: that is no stall. */
  let ended = false;
  let chosen = 0;
  const head = new Playhead(audio, new Edge(options.margin));
  head.edge.floor = stalls.spare(seconds());
  let toldAt = seconds();
  let roomy = false;
  let state: PlayerState = 'idle';
  let stream: Stream | SharedStream | undefined;
  let init: Uint8Array<ArrayBuffer> | undefined;
  let last: number | undefined;
  let where: Where = { place: 'live', behind: 0 };
  let quiet: ReturnType<typeof setTimeout> | undefined;
  let broke = 0;
  let told = false;
  const counts = { waits: 0, reconnects: 0, rebuilt: 0 };

  const become = (next: PlayerState): void => {
    if (state === next) return;
    state = next;
    for (const listen of listeners) listen(next);
  };
  /** Further behind, more is kept in hand. */
  const learn = (far: boolean): void => {
    roomy = far;
    head.edge = new Edge(options.margin ?? (far ? RING_MARGIN : undefined));
    head.edge.floor = Math.max(chosen, stalls.spare(seconds()));
  };
  /** The caches in which to listen now, if any are named. */
  const elsewhere = (): typeof ring => {
    const told = options.ring?.();
    return told?.caches.length ? told : undefined;
  };
  /** What follows is another stretch of the program: it begins anew, while what is buffered plays on. */
  const move = (to: Where, next: number): void => {
    const back = where.place === 'live' && to.place === 'ring';
    const moved = where.place !== to.place;
    if (moved) stalls.anew('at-once');
    where = { ...to, seat: to.seat ?? where.seat, back: to.back ?? where.back };
    if (!moved) return;
    // What was kept in hand for the sake of caches.
    if (to.place === 'live' && roomy) learn(false);
    if (head.started) {
      // Further back than what is buffered, which would be taken for the newest.
      if (back) {
        head.buffer?.remove(0, Number.POSITIVE_INFINITY);
        last = undefined;
      } else head.jumps++;
      head.started = false;
      head.nextWrite = performance.now() + next;
      head.awaitBurst();
    }
    for (const listen of listeners) listen(state);
  };
  const sink: Sink = {
    opened(every, next, to) {
      head.period = every;
      head.edge.arrived();
      // Whoever begins gets the newest sound there is, which has been ready for a while.
      stalls.anew(ended || last === undefined ? 'at-once' : 'after');
      ended = false;
      if (to) move(to, next);
      head.nextWrite = performance.now() + Math.min(next, head.period + 2 * FRAGMENT_MS);
      if (!head.started) head.awaitBurst();
    },
    notice(notice) {
      if ('place' in notice || notice.in === 0) stalls.anew('at-once');
      if ('place' in notice) {
        head.period = notice.period;
        head.edge.arrived();
        move({ place: notice.place, behind: 0 }, notice.next);
      } else if (notice.in > 0) {
        head.edge.prepare((notice.period - head.period) / 1000 + SPARE, notice.in / 1000, seconds());
      } else {
        head.edge.arrived((head.period - notice.period) / 1000);
        head.period = notice.period;
        head.pace(1);
      }
    },
    init(bytes) {
      if (init && init.length === bytes.length && init.every((byte, i) => byte === bytes[i])) return;
      init = bytes;
      head.buffer?.append(bytes);
    },
    told(change) {
      told = true;
      options.told?.(change, where.place);
    },
    fragment(seq, bytes) {
      if (!head.buffer || !init || (last !== undefined && seq <= last)) return;
      last = seq;
      const now = seconds();
      const late = stalls.arrived(seq, now, head.period / 1000, pulse.missed(heard, now));
      heard = now;
      head.edge.floor = Math.max(chosen, stalls.spare(seconds()));
      if (seconds() - toldAt > 10) {
        toldAt = seconds();
        options.network?.write(stalls.longest(toldAt));
      }
      const { end } = head.buffer;
      if (
        late !== undefined &&
        head.started &&
        end !== undefined &&
        !audio.paused &&
        head.buffer.waiting === 0
      ) {
        const { rate, jump } = head.edge.sample(Math.max(0, end - audio.currentTime), now, late);
        if (jump > 0) {
          head.jumps++;
          head.seek(audio.currentTime + jump);
        } else head.pace(rate);
      }
      head.buffer.append(bytes);
      clearTimeout(quiet);
      quiet = undefined;
      if (state === 'reconnecting') become(audio.paused ? 'connecting' : 'playing');
    },
    lost() {
      counts.reconnects++;
      quiet ??= setTimeout(() => {
        if (stream && state !== 'blocked') become('reconnecting');
      }, QUIET_MS);
    },
    over: () => finish(),
  };
  const finish = (): void => {
    stream?.close();
    stream = undefined;
    clearTimeout(quiet);
    head.finishing = true;
    if (head.started && head.buffer) head.buffer.finish();
    else drop('ended');
  };
  const drop = (next: PlayerState): void => {
    stream?.close();
    stream = undefined;
    head.buffer?.close();
    head.buffer = undefined;
    init = undefined;
    last = undefined;
    head.started = false;
    head.finishing = false;
    clearTimeout(quiet);
    quiet = undefined;
    clearInterval(heartbeat);
    heartbeat = undefined;
    become(next);
    audio.pause();
  };
  const broken = (): void => {
    counts.rebuilt++;
    const wait = seconds() - broke < 10 ? BROKEN_RETRY_MS * 4 : 0;
    broke = seconds();
    drop('reconnecting');
    setTimeout(() => {
      if (state === 'reconnecting') void play();
    }, wait);
  };
  const connect = (): Stream | SharedStream => {
    told = false;
    const shown = (): string => {
      const ticket = where.seat ?? options.ticket?.();
      return ticket === undefined ? '' : `&ticket=${encodeURIComponent(ticket)}`;
    };
    const request = {
      url: (after: number | undefined) =>
        `${base}/r/${slug}/stream?codec=${playable.codec}&margin=${Math.round(head.edge.margin * 1000)}${
          after === undefined
            ? ''
            : `&after=${after}${where.place === 'ring' ? '&was=ring' : ''}${where.back ? `&back=${where.back}` : ''}`
        }${shown()}`,
      after: () => last,
      ahead: () => Math.max(0, (head.buffer?.end ?? 0) - audio.currentTime),
    };
    const direct = (to: Sink): Stream => openStream(request, to);
    const own = (to: Sink): Stream => {
      ring = undefined;
      return direct(to);
    };
    const { codec } = playable;
    const from = ring;
    const source = from
      ? lazily(async (to) => {
          const { openRing } = await import('./ring.ts');
          return openRing({ slug, codec, ...from, ...request, fallback: own }, to);
        }, own)
      : direct;
    return !ring && options.share !== false && canShare()
      ? openShared(`earshot:${base}${slug}:${codec}`, source, sink)
      : source(sink);
  };
  const play = async (): Promise<void> => {
    if (stream && head.buffer) return;
    // A decoder that broke is nobody's arrival: it goes on where it was.
    if (state !== 'reconnecting') {
      const far = elsewhere();
      // What was learned about the network stays where nothing changes.
      if ((far !== undefined) !== roomy) {
        learn(far !== undefined);
        where = far ? { place: 'ring', behind: far.delay } : { place: 'live', behind: 0 };
      }
      ring = far;
    }
    head.buffer = openBuffer(audio, playable.mime, () => head.settle(), broken);
    pulse.beat(seconds());
    heartbeat ??= setInterval(() => pulse.beat(seconds()), BEAT * 1000);
    head.edge.reset();
    if (state !== 'reconnecting') become('connecting');
    audio.preservesPitch = false;
    const allowed = audio.play();
    stream = connect();
    await allowed.catch((error: unknown) => {
      if (error instanceof DOMException && error.name === 'NotAllowedError') drop('blocked');
    });
  };
  const on = {
    playing: () => {
      if (head.buffer && !head.finishing && head.started) become('playing');
    },
    waiting: () => {
      if (!head.buffer || !head.started || head.seeking) return;
      counts.waits++;
      const now = seconds();
      if (pulse.missed(now - JUST_NOW, now) === 0) head.edge.starved(now);
      head.settle();
    },
    // The system paused us: a call, a headset unplugged, the lock screen.
    pause: () => {
      if (head.buffer && head.started && !audio.ended && !head.finishing) drop('idle');
    },
    ended: () => {
      if (head.finishing) drop('ended');
    },
  };
  for (const [name, run] of Object.entries(on)) audio.addEventListener(name, run);

  return {
    audio,
    get state() {
      return state;
    },
    get behind() {
      const end = head.buffer?.end;
      if (!head.started || end === undefined || audio.paused) return undefined;
      return Math.max(0, end - audio.currentTime) + where.behind / 1000;
    },
    get place() {
      return where.place;
    },
    get steady() {
      return chosen > 0 ? 'chosen' : stalls.spare(seconds()) > NOTABLE ? 'learned' : undefined;
    },
    steadier(on) {
      chosen = on ? STEADY : 0;
      head.edge.floor = Math.max(chosen, stalls.spare(seconds()));
      head.toEdge();
    },
    get informed() {
      return told && stream !== undefined && seconds() - heard < SILENT + head.period / 1000;
    },
    get cached() {
      return stream !== undefined && ring !== undefined;
    },
    get position() {
      return head.started ? audio.currentTime : undefined;
    },
    play,
    pause: () => drop('idle'),
    again() {
      if (!stream || head.finishing) return;
      // Only upwards: out of caches to a door, never back.
      if (ring && elsewhere()) return;
      ring = undefined;
      ended = true;
      stream.close();
      // The ticket goes before a seat that may be of another evening.
      where = { ...where, seat: undefined };
      stream = connect();
    },
    end: finish,
    live() {
      head.toEdge(audio.currentTime);
    },
    onChange: (listen) => void listeners.add(listen),
    stats: (): PlayerStats => ({
      ...counts,
      jumps: head.jumps,
      state,
      seq: last,
      low: head.edge.low,
      margin: head.edge.margin,
      rate: audio.playbackRate,
      leads: stream !== undefined && (!('leads' in stream) || stream.leads),
    }),
    close() {
      drop('idle');
      for (const [name, run] of Object.entries(on)) audio.removeEventListener(name, run);
      audio.removeAttribute('src');
      listeners.clear();
    },
  };
}

/** The player this browser can have over MediaSource, or undefined. */
export function livePlayer(options: PlayerOptions, audio: HTMLAudioElement): Player | undefined {
  const playable = playableCodec();
  return playable && openLive(options, audio, playable);
}
