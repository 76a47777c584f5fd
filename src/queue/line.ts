import { canonical, hashOf, type Json } from '../journal/index.ts';
import { LAST_RANK, type QueueState, type TicketCounts } from '../wire/queue.ts';
import { Buckets, type Counts } from './buckets.ts';

/** What the line is told each second. */
export interface LineInput {
  /** Monotonic ms. */
  readonly now: number;
  /** Wall-clock ms; used for what is shown, never for the order. */
  readonly wall: number;
  /** Streams at the live edge, over all doors. */
  readonly live: number;
  /** The host's cap on them. */
  readonly cap?: number;
  /** True while the ladder sends newcomers to the queue: a new listener only replaces one who leaves. */
  readonly holding: boolean;
  /** Live places that the doors can give away per second while they hold newcomers back; default 0. */
  readonly spare?: number;
  /** Wall-clock ms of the draw; a time in the past, or none, means that the draw has happened. */
  readonly draw?: number;
}

/** A line on disk: everything that must survive a restart. */
export interface StoredLine {
  readonly v: 1;
  readonly counts: Counts;
  readonly state: QueueState;
  readonly showRate: number;
  /** People called who have neither come nor been given up. */
  readonly batches?: readonly Pick<Batch, 'seq' | 'called' | 'came' | 'patience'>[];
}

/** The people called by one state. */
interface Batch {
  readonly seq: number;
  /** Monotonic ms; undefined until the first second after a restart. */
  at: number | undefined;
  readonly called: number;
  came: number;
  /** How long the line waits for them. */
  readonly patience: number;
}

/** A bucket is open at most this long. */
const BUCKET_MS = 60_000;
/**
 * A called person who has not come after this long loses the place to the next; the ticket stays called. People who
 * can see their turn coming check at least every 15 s; the others every minute.
 */
const PATIENCE_MS = { soon: 30_000, late: 75_000 } as const;
/**
 * Who counts as seeing their turn coming: checks at most `poll` apart, at most so many people ahead, or at most five
 * minutes to wait. See `pollAfter`.
 */
const SOON = { poll: 15_000, people: 20, minutes: 5 } as const;
const PACE_MS = 300_000;
/** The most tickets called in one second: what doors can take without strain. */
const MAX_CALLED = 5_000;
/** How many called tickets the measured share of people who come is averaged over. */
const SHOW_MEMORY = 50;
const LEAST_SHOW = 0.2;
/**
 * When the ladder lets newcomers in again, places grow per second by this share of the listeners, and at least by
 * this many.
 */
const RELEASE = { share: 0.02, least: 5 } as const;
const LEAST_POLL = 2_000;
const MOST_POLL = 60_000;
const NONE: ReadonlyMap<string, number> = new Map();
/** How many checks of the queue per second doors can take besides everything else. */
const POLLS_PER_SECOND = 5_000;

/**
 * The queue of one room, as decided by its cell. Pure: it reads no clock and writes nothing. The order is bucket,
 * then random rank; the point up to which tickets are called only ever goes forward.
 */
export class Line {
  readonly #slug: string;
  readonly #buckets: Buckets;
  #state: QueueState;
  /** What everybody has seen last; after a restart `#state` is ahead of it until the first second. */
  #published: QueueState;
  #text: string;
  #openSince: number | undefined;
  #places: number | undefined;
  #batches: Batch[];
  #pace: { at: number; called: number }[] = [];
  #pacing: number | undefined;
  #showRate: number;
  #spare = 0;
  #drawn: boolean;
  /** Places while the ladder holds newcomers back, and while it lets them in again. */
  #held: number | undefined;

  constructor(slug: string, record?: StoredLine) {
    this.#slug = slug;
    this.#buckets = new Buckets(record?.counts);
    this.#batches = (record?.batches ?? []).map((batch) => ({ ...batch, at: undefined }));
    this.#showRate = record?.showRate ?? 1;
    this.#drawn = record !== undefined && record.state.open > 0;
    const first: QueueState = {
      v: 1,
      slug,
      at: 0,
      seq: 0,
      previous: '',
      start: 0,
      admitted: { minute: 0, rank: 0 },
      open: 0,
      buckets: [],
      perMinute: 0,
      free: 0,
      poll: LEAST_POLL,
    };
    // Doors may have continued by themselves while nobody decided: tickets given out from now on come after theirs.
    this.#state = record ? { ...record.state, open: record.state.open + (this.#drawn ? 1 : 0) } : first;
    this.#published = record?.state ?? first;
    this.#text = JSON.stringify(this.#published);
  }

  get state(): QueueState {
    return this.#state;
  }

  /** The bytes of the state: what is published, and what the next state's `previous` hashes. */
  get text(): string {
    return this.#text;
  }

  /** Waiting tickets, as far as is known. */
  get waiting(): number {
    return this.#buckets.waiting(this.#state.admitted);
  }

  /** True while somebody is waiting, or something limits who may be live. */
  get needed(): boolean {
    return this.#places !== undefined || this.waiting >= 1;
  }

  /** A door's newest count, at `now`, monotonic ms. */
  take(counted: TicketCounts, now: number) {
    this.#buckets.take(counted, now);
  }

  /** A door's count is unchanged. */
  heard(life: string, now: number) {
    this.#buckets.heard(life, now);
  }

  /** Decides one second. True when the published state changed. */
  step(input: LineInput): boolean {
    const { now, live } = input;
    this.#count(now);
    const places = this.#settlePlaces(input);
    const start = this.#draw(input);
    const free = places === undefined ? MAX_CALLED : Math.max(0, places - live);
    this.#spare = this.#drawn ? Math.max(0, free - this.#reserved()) : 0;
    let { admitted, open } = this.#state;
    if (this.#spare >= 1 && this.waiting > 0) {
      const wanted = Math.min(MAX_CALLED, Math.floor(this.#spare / this.#showRate));
      const { point, called } = this.#buckets.advance(admitted, wanted);
      admitted = point;
      if (called > 0) {
        const patience = this.#patience(now, called);
        this.#batches.push({ seq: this.#state.seq + 1, at: now, called, came: 0, patience });
        this.#pace.push({ at: now, called });
        this.#spare = Math.max(0, this.#spare - called * this.#showRate);
      }
    }
    this.#openSince ??= now;
    const over = now - this.#openSince >= BUCKET_MS;
    const { highest } = this.#buckets;
    // As far as is known nobody is waiting: a ticket whose door died before reporting it is called with its bucket.
    if (this.#drawn && over && this.#spare >= 1 && this.#buckets.waiting(admitted) < 1)
      admitted = { minute: Math.max(open, highest), rank: LAST_RANK };
    if (this.#drawn && (admitted.minute >= open || highest > open || (over && highest === open))) {
      open = Math.max(admitted.minute, highest, open) + 1;
      this.#openSince = now;
    }
    this.#buckets.passed(admitted);
    const waiting = this.#buckets.waiting(admitted);
    return this.#publish(input.wall, {
      start,
      admitted,
      open,
      buckets: this.#buckets
        .all()
        .map(({ minute, tickets, came, left }) => ({ minute, tickets, gone: came + left })),
      perMinute: this.#perMinute(now),
      free: places === undefined ? 0 : free,
      ...(places === undefined ? {} : { places }),
      poll: Math.round(Math.min(MOST_POLL, Math.max(LEAST_POLL, (waiting / POLLS_PER_SECOND) * 1000))),
    });
  }

  /**
   * How many live streams each door may have for people without a ticket: what it has plus its share of what is free,
   * so that no two doors give away the same place. Doors with delayed listeners come first, then all evenly. While
   * somebody is waiting with a ticket it is 0: not even a place that becomes free at a door goes to people without
   * one.
   */
  limits(
    live: ReadonlyMap<string, number>,
    delayed: ReadonlyMap<string, number> = NONE,
  ): Record<string, number> {
    const limits: Record<string, number> = {};
    const waiting = this.waiting;
    if (this.#places === undefined && waiting < 1) return limits;
    let share = this.#drawn && waiting < 1 ? Math.floor(this.#spare) : 0;
    const doors = [...live].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1));
    for (const [door, has] of doors) {
      const moved = Math.min(share, delayed.get(door) ?? 0);
      limits[door] = waiting < 1 ? has + moved : 0;
      share -= moved;
    }
    for (const [i, [door]] of doors.entries()) {
      const mine = Math.ceil(share / (doors.length - i));
      limits[door] = (limits[door] ?? 0) + mine;
      share -= mine;
    }
    return limits;
  }

  /** The record to be written to disk. */
  record(): StoredLine {
    const batches = this.#batches.map(({ seq, called, came, patience }) => ({ seq, called, came, patience }));
    return {
      v: 1,
      counts: this.#buckets.counts(),
      state: this.#published,
      showRate: this.#showRate,
      batches,
    };
  }

  /** Places at the live edge: the lower of the host's cap and what the ladder holds. */
  #settlePlaces({ cap, holding, live, spare = 0 }: LineInput): number | undefined {
    if (holding || this.#held !== undefined) {
      const growth = holding ? spare : Math.max(RELEASE.least, Math.ceil(live * RELEASE.share));
      this.#held = Math.min(this.#held ?? live, live + Math.ceil(this.#reserved())) + Math.floor(growth);
      if (!holding && this.waiting < 1) this.#held = undefined;
    }
    const places = Math.min(cap ?? Infinity, this.#held ?? Infinity);
    this.#places = places === Infinity ? undefined : places;
    return this.#places;
  }

  /**
   * Places that called people who have not come yet will take. Small batches are added up first, because in each of
   * them chance outweighs the expected number.
   */
  #reserved(): number {
    let few = 0;
    let sum = 0;
    for (const { called, came } of this.#batches) {
      const expected = called * this.#showRate - came;
      if (called < SHOW_MEMORY) few += expected;
      else sum += Math.max(0, expected);
    }
    return sum + Math.max(0, few);
  }

  /** How long to wait for `called` people: those who are called much sooner than the pace said check rarely. */
  #patience(now: number, called: number): number {
    let reach = called;
    let before = 0;
    for (const entry of this.#pace)
      if (now - entry.at < MOST_POLL) reach += entry.called;
      else before += entry.called;
    const foreseen = Math.max(SOON.people, (before / ((PACE_MS - MOST_POLL) / MOST_POLL)) * SOON.minutes);
    return this.#state.poll <= SOON.poll && reach <= foreseen ? PATIENCE_MS.soon : PATIENCE_MS.late;
  }

  /** Makes the draw when its time has come. It is never repeated. */
  #draw({ wall, draw }: LineInput): number {
    if (this.#drawn) return this.#state.start;
    if (draw !== undefined && draw > wall) return draw;
    this.#drawn = true;
    this.#state = { ...this.#state, open: 1 };
    return Math.min(draw ?? wall, wall);
  }

  /** Counts who has come, and who has not come in time. */
  #count(now: number) {
    const calls = this.#buckets.calls;
    this.#batches = this.#batches.filter((batch) => {
      batch.at ??= now;
      batch.came = Math.max(batch.came, Math.min(batch.called, calls.get(batch.seq) ?? 0));
      if (now - batch.at < batch.patience) return true;
      const weight = Math.min(SHOW_MEMORY, batch.called) / SHOW_MEMORY;
      const rate = this.#showRate + (batch.came / batch.called - this.#showRate) * weight;
      this.#showRate = Math.max(LEAST_SHOW, rate);
      return false;
    });
  }

  #perMinute(now: number): number {
    this.#pacing ??= now;
    while (this.#pace[0] && now - this.#pace[0].at >= PACE_MS) this.#pace.shift();
    const called = this.#pace.reduce((sum, entry) => sum + entry.called, 0);
    const over = Math.min(PACE_MS, Math.max(BUCKET_MS, now - this.#pacing));
    return Math.round((called / over) * 600_000) / 10;
  }

  #publish(wall: number, next: Omit<QueueState, 'v' | 'slug' | 'at' | 'seq' | 'previous'>): boolean {
    const { v: _v, slug: _slug, at: _at, seq, previous: _previous, ...same } = this.#published;
    if (seq > 0 && canonical(same as unknown as Json) === canonical(next as unknown as Json)) return false;
    const previous = seq === 0 ? '' : hashOf(this.#text);
    const state: QueueState = { v: 1, slug: this.#slug, at: wall, seq: seq + 1, previous, ...next };
    this.#text = canonical(state as unknown as Json);
    // With its members in that order, whoever writes it as JSON, such as a door, publishes these very bytes.
    this.#published = JSON.parse(this.#text) as QueueState;
    this.#state = this.#published;
    return true;
  }
}
