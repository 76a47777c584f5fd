import { type MediaBuffer, openBuffer, playableCodec } from './buffer.ts';
import { Edge } from './edge.ts';
import type { Player, PlayerOptions, PlayerState, PlayerStats } from './index.ts';
import { lazily } from './lazily.ts';
import { BEAT, Pulse } from './pulse.ts';
import { canShare, openShared, type SharedStream } from './share.ts';
import { Stalls } from './stalls.ts';
import { openStream, type Sink, type Stream, type Where } from './stream.ts';

/** The server's first burst normally comes in one read; after this long begin with what there is. */
const BURST_MS = 80;
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
const SEEK_SETTLES = 0.5;
/** Less than this before a hole nothing more is played, seconds. */
const NEAR = 0.15;
/** So much less than the margin is as good, seconds. */
const SLACK = 0.1;
const BROKEN_RETRY_MS = 300;
/** A page that stood still within this time before it ran dry cannot blame its network, seconds. */
const JUST_NOW = 1;

const seconds = (): number => performance.now() / 1000;

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
  let edge = new Edge(options.margin);
  edge.floor = stalls.spare(seconds());
  let toldAt = seconds();
  let roomy = false;
  let state: PlayerState = 'idle';
  let buffer: MediaBuffer | undefined;
  let stream: Stream | SharedStream | undefined;
  let init: Uint8Array<ArrayBuffer> | undefined;
  let last: number | undefined;
  let started = false;
  let openedAt = 0;
  let nextWrite = 0;
  let period = 320;
  let where: Where = { place: 'live', behind: 0 };
  let soughtAt = 0;
  let quiet: ReturnType<typeof setTimeout> | undefined;
  let broke = 0;
  let finishing = false;
  const counts = { waits: 0, reconnects: 0, jumps: 0, rebuilt: 0 };

  const become = (next: PlayerState): void => {
    if (state === next) return;
    state = next;
    for (const listen of listeners) listen(next);
  };
  /** Further behind, more is kept in hand. */
  const learn = (far: boolean): void => {
    roomy = far;
    edge = new Edge(options.margin ?? (far ? RING_MARGIN : undefined));
    edge.floor = Math.max(chosen, stalls.spare(seconds()));
  };
  /** The caches in which to listen now, if any are named. */
  const elsewhere = (): typeof ring => {
    const told = options.ring?.();
    return told?.caches.length ? told : undefined;
  };
  /** Above 1 % the ear hears the pitch; at 1 % it would hear the change. */
  const pace = (rate: number): void => {
    if (audio.playbackRate === rate) return;
    audio.preservesPitch = Math.abs(rate - 1) > 0.011;
    audio.playbackRate = rate;
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
    if (started) {
      // Further back than what is buffered, which would be taken for the newest.
      if (back) {
        buffer?.remove(0, Number.POSITIVE_INFINITY);
        last = undefined;
      } else counts.jumps++;
      started = false;
      openedAt = seconds();
      nextWrite = performance.now() + next;
      setTimeout(begin, BURST_MS + 5);
    }
    for (const listen of listeners) listen(state);
  };
  const seek = (to: number): void => {
    soughtAt = seconds();
    edge.reset();
    pace(1);
    audio.currentTime = to;
  };
  /** Starts in phase: the margin must still be there at the instant before the next write. */
  const begin = (): void => {
    if (started || !buffer || buffer.waiting > 0) return;
    const { start, end } = buffer;
    if (start === undefined || end === undefined) return;
    if (end - start < edge.margin + 0.3 && seconds() - openedAt < BURST_MS / 1000) return;
    started = true;
    const next = Math.max(0, nextWrite - performance.now()) / 1000;
    seek(Math.max(start, end - edge.margin - next));
  };
  /** To be in hand right after a write, so that the margin is left when the next one comes. */
  const lead = (): number => edge.margin + Math.max(FRAGMENT_MS, period) / 1000;
  /** Jumps over a hole, or back into what is buffered. */
  const settle = (): void => {
    begin();
    if (!started || !buffer || audio.seeking) return;
    const { start, end } = buffer;
    if (start === undefined || end === undefined) return;
    const now = audio.currentTime;
    // A decoder may stop some frames before the end of what it has.
    const near = audio.readyState < audio.HAVE_FUTURE_DATA ? NEAR : 0.02;
    for (let i = 0; i < audio.buffered.length; i++) {
      if (now >= audio.buffered.start(i) - 0.01 && now < audio.buffered.end(i) - near) return;
    }
    // A hole lasts as long as what is missing: whoever hurried over it would run dry after it.
    if (now < start && (finishing || end - start > lead() - SLACK)) {
      counts.jumps++;
      seek(Math.max(start, end - lead()));
    }
  };
  const sink: Sink = {
    opened(every, next, to) {
      period = every;
      edge.arrived();
      // Whoever begins gets the newest sound there is, which has been ready for a while.
      stalls.anew(ended || last === undefined ? 'at-once' : 'after');
      ended = false;
      if (to) move(to, next);
      nextWrite = performance.now() + Math.min(next, period + 2 * FRAGMENT_MS);
      if (!started) {
        openedAt = seconds();
        setTimeout(begin, BURST_MS + 5);
      }
    },
    notice(notice) {
      if ('place' in notice || notice.in === 0) stalls.anew('at-once');
      if ('place' in notice) {
        period = notice.period;
        edge.arrived();
        move({ place: notice.place, behind: 0 }, notice.next);
      } else if (notice.in > 0) {
        edge.prepare((notice.period - period) / 1000 + SPARE, notice.in / 1000, seconds());
      } else {
        edge.arrived((period - notice.period) / 1000);
        period = notice.period;
        pace(1);
      }
    },
    init(bytes) {
      if (init && init.length === bytes.length && init.every((byte, i) => byte === bytes[i])) return;
      init = bytes;
      buffer?.append(bytes);
    },
    fragment(seq, bytes) {
      if (!buffer || !init || (last !== undefined && seq <= last)) return;
      last = seq;
      const now = seconds();
      const late = stalls.arrived(seq, now, period / 1000, pulse.missed(heard, now));
      heard = now;
      edge.floor = Math.max(chosen, stalls.spare(seconds()));
      if (seconds() - toldAt > 10) {
        toldAt = seconds();
        options.network?.write(stalls.longest(toldAt));
      }
      const { end } = buffer;
      if (late !== undefined && started && end !== undefined && !audio.paused && buffer.waiting === 0) {
        const { rate, jump } = edge.sample(Math.max(0, end - audio.currentTime), now, late);
        if (jump > 0) {
          counts.jumps++;
          seek(audio.currentTime + jump);
        } else pace(rate);
      }
      buffer.append(bytes);
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
    finishing = true;
    if (started && buffer) buffer.finish();
    else drop('ended');
  };
  const drop = (next: PlayerState): void => {
    stream?.close();
    stream = undefined;
    buffer?.close();
    buffer = undefined;
    init = undefined;
    last = undefined;
    started = false;
    finishing = false;
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
    const shown = (): string => {
      const ticket = where.seat ?? options.ticket?.();
      return ticket === undefined ? '' : `&ticket=${encodeURIComponent(ticket)}`;
    };
    const request = {
      url: (after: number | undefined) =>
        `${base}/r/${slug}/stream?codec=${playable.codec}&margin=${Math.round(edge.margin * 1000)}${
          after === undefined
            ? ''
            : `&after=${after}${where.place === 'ring' ? '&was=ring' : ''}${where.back ? `&back=${where.back}` : ''}`
        }${shown()}`,
      after: () => last,
      ahead: () => Math.max(0, (buffer?.end ?? 0) - audio.currentTime),
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
    if (stream && buffer) return;
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
    buffer = openBuffer(audio, playable.mime, settle, broken);
    pulse.beat(seconds());
    heartbeat ??= setInterval(() => pulse.beat(seconds()), BEAT * 1000);
    edge.reset();
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
      if (buffer && !finishing && started) become('playing');
    },
    waiting: () => {
      if (!buffer || !started || audio.seeking || seconds() - soughtAt < SEEK_SETTLES) return;
      counts.waits++;
      const now = seconds();
      if (pulse.missed(now - JUST_NOW, now) === 0) edge.starved(now);
      settle();
    },
    // The system paused us: a call, a headset unplugged, the lock screen.
    pause: () => {
      if (buffer && started && !audio.ended && !finishing) drop('idle');
    },
    ended: () => {
      if (finishing) drop('ended');
    },
  };
  for (const [name, run] of Object.entries(on)) audio.addEventListener(name, run);

  return {
    audio,
    get state() {
      return state;
    },
    get behind() {
      const end = buffer?.end;
      if (!started || end === undefined || audio.paused) return undefined;
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
      edge.floor = Math.max(chosen, stalls.spare(seconds()));
      const { start, end } = buffer ?? {};
      if (started && start !== undefined && end !== undefined) seek(Math.max(start, end - lead()));
    },
    get cached() {
      return stream !== undefined && ring !== undefined;
    },
    get position() {
      return started ? audio.currentTime : undefined;
    },
    play,
    pause: () => drop('idle'),
    again() {
      if (!stream || finishing) return;
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
      const end = buffer?.end;
      if (started && end !== undefined) seek(Math.max(audio.currentTime, end - lead()));
    },
    onChange: (listen) => void listeners.add(listen),
    stats: (): PlayerStats => ({
      ...counts,
      state,
      seq: last,
      low: edge.low,
      margin: edge.margin,
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
