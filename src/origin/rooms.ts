import type { Clock } from '../base/clock.ts';
import type { ErrorCode } from '../base/errors.ts';
import type { Rendition } from '../base/media.ts';
import { epochMs, FRAGMENT_MS, type Ms, ms } from '../base/time.ts';
import type { Message, MessageHead } from '../wire/feed.ts';
import { isRunning, type RoomCard, type RoomState, stateOfCard, whyNotHeard } from '../wire/room.ts';
import type { JoinOptions, OriginDeps, StreamStart } from './deps.ts';
import { OriginProgram } from './live/program.ts';
import type { Sought } from './older-rooms.ts';
import { RoomCards } from './room-cards.ts';
import { CATCH_UP_FRAGMENTS, type Window } from './window.ts';

/** Sound beyond one period with which a listener begins by default, ms. */
const DEFAULT_MARGIN = 300;
/** How far ahead of ours a listener's last fragment may be: another door may be quicker. */
const MAX_AHEAD = 8;
/** How long the cell has to send the last fragments of a room that the site has ended. */
const FAREWELL_MS = 3000;
/** A cell repeats the state of a room every 3 s; an older one is no longer what the studio says. */
const TOLD_FOR_MS = 5_000;
/** Windows are kept this long after the end, for players that are still fetching. */
const KEEP_MS = 60_000;

/** The rooms of one door: what the bus said, and the programs that run. */
export class OriginRooms implements AsyncDisposable {
  readonly #deps: OriginDeps;
  readonly #clock: Clock;
  readonly #cards: RoomCards;
  readonly #programs = new Map<string, OriginProgram>();
  readonly #timers = new Set<Disposable>();
  readonly #onFragment: ((slug: string, rendition: string, seq: number, bytes: Buffer) => void)[] = [];
  readonly #onEnd: ((slug: string) => void)[] = [];
  readonly #onWanted: ((slug: string) => void)[] = [];

  constructor(deps: OriginDeps) {
    this.#deps = deps;
    this.#clock = deps.clock;
    this.#cards = new RoomCards(deps.clock, async (slug) => deps.older?.(slug));
  }

  /** Receives everything from the bus. */
  receive({ head, body }: Message): void {
    if (head.kind === 'rooms') this.#takeCards(head.rooms);
    else if (head.kind === 'room-changes') this.#takeChanges(head.rooms, head.gone);
    else this.#takeFromCell(head, body);
  }

  /** A cell is gone: its rooms go on with standby until its next fragment comes. */
  cellDown(cell: number): void {
    for (const [slug, program] of this.#programs)
      if (this.#cards.told(slug)?.cell === cell && !program.over) program.lost();
  }

  card(slug: string): RoomCard | undefined {
    return this.#cards.get(slug);
  }

  seek(slug: string): Promise<Sought> | undefined {
    return this.#cards.seek(slug);
  }

  cards(): RoomCard[] {
    return this.#cards.all();
  }

  onFragment(listen: (slug: string, rendition: string, seq: number, bytes: Buffer) => void): void {
    this.#onFragment.push(listen);
  }

  onEnd(listen: (slug: string) => void): void {
    this.#onEnd.push(listen);
  }

  onWanted(listen: (slug: string) => void): void {
    this.#onWanted.push(listen);
  }

  /** Per room, the renditions that somebody wants; see `Origin.wanted`. */
  wanted(): Map<string, string[]> {
    const all = [...this.#programs].map(([slug, program]) => [slug, program.wanted()] as const);
    return new Map(all.filter(([, ids]) => ids.length > 0));
  }

  /** The program, also for a minute after its end. */
  program(slug: string): OriginProgram | undefined {
    return this.#programs.get(slug);
  }

  /** A room's published state; undefined when there is no such room. */
  state(slug: string): RoomState | undefined {
    const state = this.#state(slug);
    const listeners = state && this.#deps.listeners?.(slug);
    const sample = state && this.#deps.proofs?.(slug);
    if (!listeners && !sample) return state;
    return state && { ...state, ...(listeners ? { listeners } : {}), ...(sample ? { proofs: sample } : {}) };
  }

  #state(slug: string): RoomState | undefined {
    const card = this.#cards.get(slug);
    const program = this.#programs.get(slug);
    if (!card) return program?.state;
    const at = this.#clock.wall();
    const known = program?.state;
    const all = this.#cards.clocks(card);
    const { title, hosts, status, quarantine, plans } = card;
    const mine = {
      title,
      hosts,
      status,
      clocks: all,
      ...(quarantine ? { quarantine } : {}),
      ...(plans ? { plans } : {}),
    };
    const here = program?.heard && program.awaySince === undefined;
    if (!known) return { ...stateOfCard(card, at), ...mine, ...(here ? { studio: 'here' } : {}) };
    if (!isRunning(card.status)) return { ...stateOfCard(card, at), ...mine, gaps: known.gaps };
    if (program?.awaySince === undefined) return { ...known, ...mine, at: Math.max(known.at, at) };
    // The studio is there, and says itself why no sound comes.
    if (known.program.deadAir?.cause === 'encoder' && at - known.at < TOLD_FOR_MS) {
      const silent = { ...known.program, carries: 'standby' as const, since: program.awaySince };
      return { ...known, ...mine, at, program: silent };
    }
    const { deadAir: _, ...carried } = known.program;
    const stage = known.stage.map((person) => ({ ...person, speaking: false, connected: false }));
    const standby = { ...carried, carries: 'standby' as const, since: program.awaySince };
    return { ...known, ...mine, at, stage, program: standby, studio: 'away' };
  }

  /** Somebody fetches or hears a rendition. */
  ask(slug: string, program: OriginProgram, rendition: string): void {
    if (program.ask(rendition)) for (const listen of this.#onWanted) listen(slug);
  }

  /** The place where a listener begins, or why there is none; see `Origin.join`. */
  join(slug: string, rendition: string, options: JoinOptions): StreamStart | ErrorCode {
    const program = this.#find(slug);
    if (typeof program === 'string') return program;
    const window = program.windows.get(rendition);
    if (!window) return 'not-found';
    const needsInit = window.rendition.container === 'fmp4' || window.rendition.container === 'ogg';
    if (needsInit && !window.init) return 'studio-away';
    this.ask(slug, program, rendition);
    return {
      init: window.init ?? Buffer.alloc(0),
      fragments: program.silent(window) ? [] : [...held(window, beginning(window, options))],
      untilNext: program.untilNext(rendition),
      period: ms(FRAGMENT_MS),
    };
  }

  /** The program of a room, or why it cannot be heard. */
  #find(slug: string): OriginProgram | ErrorCode {
    const card = this.#cards.get(slug);
    const program = this.#programs.get(slug);
    if (program && !program.over) return program;
    return whyNotHeard(card?.status);
  }

  #later(delay: number, run: () => void): void {
    const timer = this.#clock.after(ms(delay), () => {
      this.#timers.delete(timer);
      run();
    });
    this.#timers.add(timer);
  }

  #finish(slug: string, program: OriginProgram): void {
    if (program.over) return;
    program.end();
    for (const listen of this.#onEnd) listen(slug);
    this.#later(KEEP_MS, () => {
      if (this.#programs.get(slug) === program) this.#programs.delete(slug);
    });
  }

  /** Ends the program of a room that no longer runs, after the cell's last fragments. */
  #settle(slug: string): void {
    const program = this.#programs.get(slug);
    const status = this.#cards.told(slug)?.status;
    if (!program || program.over || isRunning(status)) return;
    if (status === 'stopped') {
      this.#finish(slug, program);
      return;
    }
    this.#later(FAREWELL_MS, () => {
      // The demo room can be on again by now.
      if (!isRunning(this.#cards.told(slug)?.status)) this.#finish(slug, program);
    });
  }

  #takeCards(list: readonly RoomCard[]): void {
    this.#cards.replace(list);
    for (const slug of this.#programs.keys()) this.#settle(slug);
  }

  #takeChanges(changed: readonly RoomCard[], gone: readonly string[]): void {
    this.#cards.change(changed, gone);
    for (const slug of gone) this.#settle(slug);
    for (const { slug } of changed) this.#settle(slug);
  }

  #takeProgram(slug: string, zero: number, renditions: readonly Rendition[]): void {
    const known = this.#programs.get(slug);
    if (known && known.zero === zero && !known.over) {
      known.adopt(renditions);
      return;
    }
    // Another zero is another program: numbers begin anew, and nobody may go on with the old ones.
    if (known) this.#finish(slug, known);
    const { clock, log, holdWhileAway } = this.#deps;
    this.#programs.set(
      slug,
      new OriginProgram({
        ...{ clock, log, slug, zero: epochMs(zero), renditions, holdWhileAway },
        tag: (segment) => this.#deps.tag(slug, segment),
        // Unknown to the site as yet: the cell knows better.
        wanted: () => {
          const card = this.#cards.told(slug);
          return card === undefined || isRunning(card.status);
        },
        emit: (rendition, seq, bytes) => {
          for (const listen of this.#onFragment) listen(slug, rendition, seq, bytes);
        },
      }),
    );
  }

  #takeFromCell(head: Exclude<MessageHead, { kind: 'rooms' | 'room-changes' }>, body: Uint8Array): void {
    // Upstream words of doors, and those of the tally, never come this way.
    if (head.kind === 'sessions' || head.kind === 'events' || head.kind === 'numbers') return;
    if (head.kind === 'keys' || head.kind === 'signed-head' || head.kind === 'requests') return;
    if (head.kind === 'networks' || head.kind === 'crowded' || head.kind === 'answers') return;
    if (head.kind === 'presence' || head.kind === 'tickets' || head.kind === 'queue') return;
    if (head.kind === 'reactions' || head.kind === 'post-counts') return;
    if (head.kind === 'program') this.#takeProgram(head.slug, head.zero, head.renditions);
    const program = this.#programs.get(head.slug);
    if (head.kind === 'clocks') this.#cards.strike(head.slug, head.clocks);
    if (!program) return;
    if (head.kind === 'init')
      program.windows.get(head.rendition)?.begin({ rendition: head.rendition, bytes: body });
    else if (head.kind === 'standby') program.windows.get(head.rendition)?.setLoop(body, head.sizes);
    else if (head.kind === 'fragment') program.receive(head.rendition, head.seq, body);
    else if (head.kind === 'rest') program.rest();
    else if (head.kind === 'state') program.state = head.state;
    else if (head.kind === 'questions') program.questions = head.list;
    else if (head.kind === 'end') this.#finish(head.slug, program);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const program of this.#programs.values()) program.end();
    for (const timer of this.#timers) timer[Symbol.dispose]();
  }
}

/** The first fragment for a listener who joins. */
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
