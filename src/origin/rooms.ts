import type { ErrorCode } from '../base/errors.ts';
import type { Rendition } from '../base/media.ts';
import { epochMs, FRAGMENT_MS, type Ms, ms } from '../base/time.ts';
import type { Head, Message } from '../wire/feed.ts';
import {
  type Clocks,
  isRunning,
  type RoomCard,
  type RoomState,
  stateOfCard,
  whyNotHeard,
} from '../wire/room.ts';
import type { Joined, JoinOptions, OriginDeps } from './deps.ts';
import { Program } from './live/program.ts';
import { openOlderRooms, type Sought } from './older-rooms.ts';
import { CATCH_UP_FRAGMENTS, type Window } from './window.ts';

/** Beyond one period a listener is given this much to begin with. */
const DEFAULT_MARGIN = 300;
/** A listener's last fragment may be this far ahead of ours: another door may be quicker. */
const MAX_AHEAD = 8;
/** The cell has this long to send the last fragments of a room that the site has ended. */
const FAREWELL_MS = 3000;
/** Windows are kept this long after the end, for players that are still fetching. */
const KEEP_MS = 60_000;

/** The rooms of one door: what the bus said, and the programs that run. */
export function openRooms(deps: OriginDeps) {
  const { clock } = deps;
  const cards = new Map<string, RoomCard>();
  const older = openOlderRooms(clock, async (slug) => deps.older?.(slug));
  const cardOf = (slug: string): RoomCard | undefined => cards.get(slug) ?? older.card(slug);
  const clocks = new Map<string, Clocks>();
  const programs = new Map<string, Program>();
  const timers = new Set<Disposable>();
  const fragmentListeners: ((slug: string, rendition: string, seq: number, bytes: Buffer) => void)[] = [];
  const endListeners: ((slug: string) => void)[] = [];
  const wantedListeners: ((slug: string) => void)[] = [];

  const later = (delay: number, run: () => void): void => {
    const timer = clock.after(ms(delay), () => {
      timers.delete(timer);
      run();
    });
    timers.add(timer);
  };

  const finish = (slug: string, program: Program): void => {
    if (program.over) return;
    program.end();
    for (const listen of endListeners) listen(slug);
    later(KEEP_MS, () => {
      if (programs.get(slug) === program) programs.delete(slug);
    });
  };

  /** Ends the program of a room that no longer runs, after the cell's last words. */
  const settle = (slug: string): void => {
    const program = programs.get(slug);
    if (!program || program.over || isRunning(cards.get(slug)?.status)) return;
    later(FAREWELL_MS, () => {
      // The demo room can be on again by now.
      if (!isRunning(cards.get(slug)?.status)) finish(slug, program);
    });
  };

  const takeCards = (list: readonly RoomCard[]): void => {
    cards.clear();
    for (const card of list) cards.set(card.slug, card);
    for (const slug of clocks.keys()) if (!cards.has(slug)) clocks.delete(slug);
    for (const slug of programs.keys()) settle(slug);
  };

  const takeChanges = (changed: readonly RoomCard[], gone: readonly string[]): void => {
    for (const slug of gone) {
      cards.delete(slug);
      clocks.delete(slug);
    }
    for (const card of changed) cards.set(card.slug, card);
    for (const slug of [...gone, ...changed.map((card) => card.slug)]) {
      older.forget(slug);
      settle(slug);
    }
  };

  const takeProgram = (slug: string, zero: number, renditions: readonly Rendition[]): void => {
    const known = programs.get(slug);
    if (known && known.zero === zero && !known.over) {
      known.adopt(renditions);
      return;
    }
    // Another zero is another program: numbers begin anew, and nobody may go on with the old ones.
    if (known) finish(slug, known);
    programs.set(
      slug,
      new Program({
        clock,
        log: deps.log,
        slug,
        zero: epochMs(zero),
        renditions,
        holdWhileAway: deps.holdWhileAway,
        // Unknown to the site as yet: the cell knows better.
        wanted: () => !cards.has(slug) || isRunning(cards.get(slug)?.status),
        emit(rendition, seq, bytes) {
          for (const listen of fragmentListeners) listen(slug, rendition, seq, bytes);
        },
      }),
    );
  };

  const takeFromCell = (head: Exclude<Head, { kind: 'rooms' | 'room-changes' }>, body: Uint8Array): void => {
    // Upstream words of doors never come this way.
    if (head.kind === 'presence' || head.kind === 'tickets' || head.kind === 'queue') return;
    if (head.kind === 'program') takeProgram(head.slug, head.zero, head.renditions);
    const program = programs.get(head.slug);
    if (head.kind === 'clocks') clocks.set(head.slug, { ...clocks.get(head.slug), ...head.clocks });
    if (!program) return;
    if (head.kind === 'init')
      program.windows.get(head.rendition)?.begin({ rendition: head.rendition, bytes: body });
    else if (head.kind === 'standby') program.windows.get(head.rendition)?.setLoop(body, head.sizes);
    else if (head.kind === 'fragment') program.receive(head.rendition, head.seq, body);
    else if (head.kind === 'rest') program.rest();
    else if (head.kind === 'state') program.state = head.state;
    else if (head.kind === 'end') finish(head.slug, program);
  };

  const cellDown = (cell: number): void => {
    for (const [slug, program] of programs)
      if (cards.get(slug)?.cell === cell && !program.over) program.lost();
  };

  const state = (slug: string): RoomState | undefined => {
    const card = cardOf(slug);
    const program = programs.get(slug);
    if (!card) return program?.state;
    const at = clock.wall();
    const known = program?.state;
    const all = { ...card.clocks, ...clocks.get(slug) };
    const mine = { title: card.title, hosts: card.hosts, status: card.status, clocks: all };
    const here = program?.heard && program.awaySince === undefined;
    if (!known) return { ...stateOfCard(card, at), ...mine, ...(here ? { studio: 'here' } : {}) };
    if (!isRunning(card.status)) return { ...stateOfCard(card, at), ...mine, gaps: known.gaps };
    if (program?.awaySince === undefined) return { ...known, ...mine, at: Math.max(known.at, at) };
    const { deadAir: _, ...carried } = known.program;
    const stage = known.stage.map((person) => ({ ...person, speaking: false, connected: false }));
    const standby = { ...carried, carries: 'standby' as const, since: program.awaySince };
    return { ...known, ...mine, at, stage, program: standby, studio: 'away' };
  };

  /** The program of a room, or why it cannot be heard. */
  const find = (slug: string): Program | ErrorCode => {
    const card = cardOf(slug);
    const program = programs.get(slug);
    if (program && !program.over) return program;
    return whyNotHeard(card?.status);
  };

  const ask = (slug: string, program: Program, rendition: string): void => {
    if (program.ask(rendition)) for (const listen of wantedListeners) listen(slug);
  };

  const join = (slug: string, rendition: string, options: JoinOptions): Joined | ErrorCode => {
    const program = find(slug);
    if (typeof program === 'string') return program;
    const window = program.windows.get(rendition);
    if (!window) return 'not-found';
    const needsInit = window.rendition.container === 'fmp4' || window.rendition.container === 'ogg';
    if (needsInit && !window.init) return 'studio-away';
    ask(slug, program, rendition);
    return {
      init: window.init ?? Buffer.alloc(0),
      fragments: program.silent(window) ? [] : [...held(window, beginning(window, options))],
      untilNext: program.untilNext(rendition),
      period: ms(FRAGMENT_MS),
    };
  };

  return {
    receive({ head, body }: Message): void {
      if (head.kind === 'rooms') takeCards(head.rooms);
      else if (head.kind === 'room-changes') takeChanges(head.rooms, head.gone);
      else takeFromCell(head, body);
    },
    cellDown,
    card: cardOf,
    seek: (slug: string): Promise<Sought> | undefined => (cards.has(slug) ? undefined : older.seek(slug)),
    cards: (): RoomCard[] => [...cards.values()],
    state,
    onFragment: (listen: (typeof fragmentListeners)[number]): void => void fragmentListeners.push(listen),
    onEnd: (listen: (typeof endListeners)[number]): void => void endListeners.push(listen),
    onWanted: (listen: (typeof wantedListeners)[number]): void => void wantedListeners.push(listen),
    wanted: (): Map<string, string[]> => {
      const all = [...programs].map(([slug, program]) => [slug, program.wanted()] as const);
      return new Map(all.filter(([, ids]) => ids.length > 0));
    },
    ask,
    join,
    /** The program, also for a minute after its end. */
    program: (slug: string): Program | undefined => programs.get(slug),
    async [Symbol.asyncDispose](): Promise<void> {
      for (const program of programs.values()) program.end();
      for (const timer of timers) timer[Symbol.dispose]();
    },
  };
}

/** The rooms of one door. */
export type Rooms = ReturnType<typeof openRooms>;

/** The first fragment to give to somebody who joins. */
function beginning(window: Window, { after, margin, at }: JoinOptions): number {
  const { first, last } = window;
  if (first === undefined || last === undefined) return 0;
  if (at !== undefined && at >= first && at <= last) return at;
  const oldest = Math.max(first, last + 1 - CATCH_UP_FRAGMENTS);
  if (after !== undefined && after + 1 >= oldest && after <= last + MAX_AHEAD) return after + 1;
  const wanted = FRAGMENT_MS + Math.max(0, (margin as Ms | undefined) ?? DEFAULT_MARGIN);
  return Math.max(first, last + 1 - Math.ceil(wanted / FRAGMENT_MS));
}

function* held(window: Window, from: number): Generator<{ seq: number; bytes: Buffer }> {
  if (window.last === undefined) return;
  for (let seq = from; seq <= window.last; seq++) {
    const bytes = window.at(seq);
    if (bytes) yield { seq, bytes };
  }
}
