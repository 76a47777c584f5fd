/** Says what is happening in one sentence: a pure function of the room's state and this player. */
import { momentOf } from '../../src/wire/moment.ts';
import { isRunning, type RoomState } from '../../src/wire/room.ts';
import type { ListenWords } from '../kit/words.ts';
import type { PlayerState } from '../player/index.ts';

/** What this browser knows beyond the room's public state. */
export interface Here {
  /** Wall-clock ms on the server's clock. */
  readonly now: number;
  readonly player: PlayerState;
  /** Seconds from the stage to this listener, when measured. */
  readonly behind: number | undefined;
  /** `ring`: this listener hears the delayed program; `either`: perhaps. */
  readonly place?: 'live' | 'ring' | 'either';
  /** Why this listener is further behind than others. */
  readonly steady?: 'learned' | 'chosen' | undefined;
  /** The state has not been updated for a while. */
  readonly stale: boolean;
  /** The room of the demonstration, whose talk begins when somebody listens. */
  readonly welcome?: boolean;
  /** The recording is being heard already, or from another place than its beginning. */
  readonly within?: boolean;
}

/** A sentence, the label above it, and whether it asks for attention. */
export interface Said {
  readonly mark: string;
  readonly tone: 'live' | 'late' | 'calm';
  readonly sentence: string;
}

/** A room counts as late from this long after its time, ms. */
const LATE_MS = 60_000;
/** Below this many seconds the page says "about a second". */
const ABOUT_A_SECOND = 1.75;

/** The time of day, in the listener's format and zone. */
export const timeOf = (at: number, words: ListenWords): string =>
  new Intl.DateTimeFormat(words.locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);

/** The time of day, with the date unless it is today. */
export const whenOf = (at: number, now: number, words: ListenWords): string =>
  new Date(at).toDateString() === new Date(now).toDateString()
    ? timeOf(at, words)
    : words.timeOn(timeOf(at, words), dayOf(at, now, words));

/** The day in words: the weekday within a week, otherwise the date. */
export const dayOf = (at: number, now: number, words: ListenWords): string =>
  new Intl.DateTimeFormat(
    words.locale,
    Math.abs(at - now) < 6 * 86_400_000
      ? { weekday: 'long' }
      : { weekday: 'long', day: 'numeric', month: 'long' },
  ).format(at);

/** Day, time and time zone, to confirm a start that was just chosen; `zone`: absent, the listener's own. */
export const fullTime = (at: number, words: ListenWords, zone?: string): string =>
  new Intl.DateTimeFormat(words.locale, {
    ...(zone === undefined ? {} : { timeZone: zone }),
    ...{ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
    ...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short' },
  }).format(at);

/**
 * Chooses the sentence. What concerns the listener most comes first: their own connection, then the studio, then the
 * stage.
 */
export function say(state: RoomState, here: Here, words: ListenWords): Said {
  const { status, clocks } = state;
  const moment = momentOf(state);
  const mark = words.status[moment];
  const running = isRunning(status);
  if (running) {
    const live = status === 'live' ? 'live' : 'calm';
    if (here.player === 'reconnecting') return { mark, tone: 'late', sentence: words.reconnecting };
    if (here.player === 'blocked') return { mark, tone: live, sentence: words.blocked };
    if (here.stale) return { mark, tone: 'late', sentence: words.stateAway };
    if (state.quarantine) return { mark, tone: 'late', sentence: words.apart };
    if (state.studio === 'away') return { mark, tone: 'late', sentence: words.studioAway };
    if (here.player === 'connecting') return { mark, tone: live, sentence: words.connecting };
  }
  switch (moment) {
    case 'break':
      return { mark, tone: 'calm', sentence: words.backMusic };
    case 'scheduled':
      return { mark, ...before(clocks.scheduled, here.now, words) };
    case 'open':
      return { mark, ...lobby(state, here.now, words) };
    case 'live':
      return { mark, ...onAir(state, here, words) };
    case 'ended':
      return { mark, tone: 'calm', sentence: after(state, here, words) };
    case 'stopped':
      return { mark, tone: 'calm', sentence: state.stopped?.reason ?? '' };
    case 'cancelled':
      return { mark, tone: 'calm', sentence: words.cancelled };
  }
}

type Sentence = Omit<Said, 'mark'>;

function after({ clocks, recording }: RoomState, here: Here, words: ListenWords): string {
  const { ended } = clocks;
  const over = ended === undefined ? words.endedPlain : words.ended(whenOf(ended, here.now, words));
  if (recording?.removedAt !== undefined) return `${over} ${words.recordingRemoved}`;
  return here.within ? over : `${over} ${words.again}`;
}

function before(start: number | undefined, now: number, words: ListenWords): Sentence {
  if (start === undefined) return { tone: 'calm', sentence: words.unscheduled };
  if (now > start + LATE_MS) {
    return { tone: 'late', sentence: words.lateAway(capital(words.span((now - start) / 1000))) };
  }
  if (start - now < 50 * 60_000) {
    return { tone: 'calm', sentence: words.startsSoon(words.span(Math.max(1, (start - now) / 1000))) };
  }
  return { tone: 'calm', sentence: words.starts(dayOf(start, now, words), timeOf(start, words)) };
}

function lobby(state: RoomState, now: number, words: ListenWords): Sentence {
  const start = state.clocks.scheduled;
  const here = state.stage.filter((person) => person.connected);
  if (start !== undefined && now > start + LATE_MS) {
    const wait = capital(words.span((now - start) / 1000));
    const how =
      here.length === 0 ? words.lateNobody : here.every((p) => p.muted) ? words.lateMuted : words.lateHere;
    return { tone: 'late', sentence: how(wait) };
  }
  if (here.length > 0) return { tone: 'calm', sentence: words.hostsHere };
  // If hold music is already on, the page says so, because that is what the listener hears.
  return {
    tone: 'calm',
    sentence: state.clocks.firstAudio === undefined ? words.doorsOpen : words.holdMusic,
  };
}

function onAir(state: RoomState, here: Here, words: ListenWords): Sentence {
  const { deadAir, carries } = state.program;
  if (here.welcome && (deadAir || carries === 'standby'))
    return { tone: 'calm', sentence: words.welcomeTalk };
  if (deadAir) {
    const silent = Math.max(2, (here.now - deadAir.since) / 1000);
    // Five-second steps: a sentence that changes every second cannot be read aloud.
    const calm = silent < 10 ? silent : Math.floor(silent / 5) * 5;
    const silence = words.deadAir[deadAir.cause](words.span(calm));
    return { tone: 'late', sentence: carries === 'standby' ? `${silence} ${words.musicMeanwhile}` : silence };
  }
  if (carries === 'standby') return { tone: 'calm', sentence: words.backMusic };
  const listening = here.player === 'playing';
  const streams = words.count(state.streams, state.delivery.rung);
  const { rung, newcomers, why, ring } = state.delivery;
  if (listening && here.place === 'ring') {
    const seconds = String(Math.round(here.behind ?? ring / 1000));
    const sentence = why === 'cap' ? words.ringCap(seconds) : words.ringFull(seconds, streams);
    return { tone: 'late', sentence };
  }
  if (listening && here.place === 'either')
    return { tone: 'late', sentence: words.eitherWay(String(Math.round(ring / 1000))) };
  if (!listening && newcomers === 'text') return { tone: 'late', sentence: words.textOnly };
  if (!listening && newcomers === 'queue')
    return { tone: 'late', sentence: words.liveLater(String(Math.round(ring / 1000))) };
  if (rung >= 3) return { tone: 'late', sentence: rung >= 4 ? words.lowAndLine : words.lowBandwidth };
  if (!listening || here.behind === undefined) return { tone: 'live', sentence: words.liveNow };
  if (here.behind < ABOUT_A_SECOND) return { tone: 'live', sentence: words.live };
  const seconds = String(Math.round(here.behind));
  if (here.steady === 'learned') return { tone: 'live', sentence: words.pauses(seconds) };
  if (here.steady === 'chosen') return { tone: 'live', sentence: words.steady(seconds) };
  if (rung === 0) return { tone: 'live', sentence: words.liveSeconds(seconds) };
  const say = rung === 1 ? words.busy : words.behind;
  return { tone: 'late', sentence: say(seconds, streams) };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
