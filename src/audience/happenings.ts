import type { HappeningEntry } from '../wire/evidence-entry.ts';
import type { Clocks, HostGone, RoomCard, RoomState } from '../wire/room.ts';

/** An event in the life of a room as it is written into the log, without its place in the room's chain. */
export type Happening = Omit<HappeningEntry, 'room' | 'seq' | 'previous'>;

/** Rooms that are remembered; the one that was heard of longest ago is dropped. */
const MOST_ROOMS = 4_096;
/** Each clock, and what it is called in the log. */
const CLOCKS = [
  ['scheduled', 'scheduled'],
  ['opened', 'opened'],
  ['firstAudio', 'first-audio'],
  ['firstSpeech', 'first-speech'],
  ['ended', 'ended'],
] as const satisfies readonly (readonly [keyof Clocks, Happening['what']])[];

/** What has already been written about one room: its clocks, its newest silence and its newest rung. */
export interface HappeningMemory {
  readonly clocks: Readonly<Partial<Record<Happening['what'], number>>>;
  readonly silence?: number;
  readonly rung: number;
  /** When it was stopped, and put into quarantine; absent while it is not. */
  readonly stopped?: number;
  readonly quarantined?: number;
  /** Since when its host is gone, and who stands in; absent while they are here. */
  readonly hostGone?: HostGone;
}

const FRESH: HappeningMemory = { clocks: {}, rung: 0 };

/**
 * Detects the events in a room's life: its clocks, silences with their causes, and changes of rung. `memory` is saved
 * to disk and restored, so that a restarted process writes nothing twice.
 */
export class Happenings {
  readonly #rooms: Map<string, HappeningMemory>;

  constructor(memory: Readonly<Record<string, HappeningMemory>> = {}) {
    this.#rooms = new Map(Object.entries(memory));
  }

  /** What is remembered, as JSON. */
  get memory(): Record<string, HappeningMemory> {
    return Object.fromEntries(this.#rooms);
  }

  /** The clocks of a room as the site or its cell tells them. A clock that was set anew is told again. */
  clocks(room: string, clocks: Clocks): Happening[] {
    const before = this.#of(room);
    const news: Happening[] = [];
    const known: Partial<Record<Happening['what'], number>> = { ...before.clocks };
    for (const [clock, what] of CLOCKS) {
      const at = clocks[clock];
      if (at === undefined || known[what] === at) continue;
      known[what] = at;
      news.push({ v: 1, kind: 'happening', at: Math.round(at), what });
    }
    if (news.length > 0) this.#keep(room, { ...before, clocks: known });
    return news;
  }

  /** What the operator and the machine do to a room, as its card tells it; `now` is the wall clock in ms. */
  measures(room: string, { stopped, quarantine }: Pick<RoomCard, 'stopped' | 'quarantine'>, now: number) {
    const { stopped: wasStopped, quarantined, ...others } = this.#of(room);
    const news: Happening[] = [];
    const tell = (at: number, what: Happening['what'], detail?: string): void =>
      void news.push({ ...HAPPENED, at: Math.round(at), what, ...(detail === undefined ? {} : { detail }) });
    if (stopped && stopped.at !== wasStopped) tell(stopped.at, 'stopped', stopped.reason);
    if (!stopped && wasStopped !== undefined) tell(now, 'resumed');
    // A room that is stopped tells nothing of its quarantine.
    const since = stopped ? quarantined : quarantine?.since;
    if (since !== undefined && since !== quarantined) tell(since, 'quarantined');
    if (since === undefined && quarantined !== undefined) tell(now, 'released');
    if (news.length > 0)
      this.#keep(room, {
        ...others,
        ...(stopped ? { stopped: stopped.at } : {}),
        ...(since === undefined ? {} : { quarantined: since }),
      });
    return news;
  }

  /** The state of a running room. */
  state(
    room: string,
    { program, delivery, hostGone, at }: Pick<RoomState, 'program' | 'delivery' | 'hostGone' | 'at'>,
  ): Happening[] {
    const { hostGone: goneBefore, ...before } = this.#of(room);
    const news = hostNews(goneBefore, hostGone || undefined, at);
    const { deadAir } = program;
    if (deadAir && deadAir.since !== before.silence)
      news.push({ ...HAPPENED, at: Math.round(deadAir.since), what: 'dead-air', detail: deadAir.cause });
    if (delivery.rung !== before.rung)
      news.push({ ...HAPPENED, at: Math.round(delivery.since), what: 'rung', detail: String(delivery.rung) });
    if (news.length > 0)
      this.#keep(room, {
        ...before,
        ...(deadAir ? { silence: deadAir.since } : {}),
        rung: delivery.rung,
        ...(hostGone ? { hostGone } : {}),
      });
    return news;
  }

  #of(room: string): HappeningMemory {
    return this.#rooms.get(room) ?? FRESH;
  }

  #keep(room: string, memory: HappeningMemory): void {
    this.#rooms.delete(room);
    this.#rooms.set(room, memory);
    const [oldest] = this.#rooms.keys();
    if (this.#rooms.size > MOST_ROOMS && oldest !== undefined) this.#rooms.delete(oldest);
  }
}

/** Names are not written: the log is for ever. */
function hostNews(before: HostGone | undefined, gone: HostGone | undefined, now: number): Happening[] {
  const at = Math.round(now);
  return [
    ...(gone && !before ? [{ ...HAPPENED, at: Math.round(gone.since), what: 'host-gone' as const }] : []),
    ...(gone?.to && gone.to.id !== before?.to?.id
      ? [{ ...HAPPENED, at, what: 'handed-over' as const, detail: 'co-host' }]
      : []),
    ...(before && !gone ? [{ ...HAPPENED, at, what: 'host-back' as const }] : []),
  ];
}

const HAPPENED = { v: 1, kind: 'happening' } as const;
