/** One room: its count, its samples, its minutes, and the numbers made of them. Time is told to it. */

import type { EvidenceFigure, HappeningEntry, MinuteEntry } from '../wire/evidence-entry.ts';
import type { DayKey, KeyedAct } from '../wire/listening/day-keys.ts';
import type { MetricId } from '../wire/metrics.ts';
import type { AudienceSample, Reconciliation, RoomNumbers } from '../wire/numbers.ts';
import { isOver, isRunning, type RoomCard, type RoomState } from '../wire/room.ts';
import type { RoomEvents } from '../wire/room-events.ts';
import { AudienceCount } from './audience-count.ts';
import { type CountingRules, DEFAULT_RULES } from './definitions.ts';
import { EventCounts, reactionsOf } from './event-counts.ts';
import { type PostImpressions, type PostsFigures, postsToWrite } from './post-counts.ts';
import { reconcile } from './reconciliation.ts';
import { keepRisen } from './risen.ts';
import {
  afterEnd,
  type CountedRoom,
  entered,
  excludedOf,
  figuresOf,
  published,
  type RoomFigures,
  secondsOf,
} from './room-figures.ts';
import { type ProofShare, type SampleCount, SampleScan, SESSIONS_A_TURN } from './room-sample.ts';
import { shareFor } from './sampling.ts';
import { DailyKeys } from './tables/daily-keys.ts';
import { DownloadCount } from './tables/download-count.ts';

/** A minute entry, before it gets its place in the room's chain. */
export type MinuteFigures = Omit<MinuteEntry, 'room' | 'seq' | 'previous'>;
/** Another share of the sessions proves from now on, as it is written down. */
export type ShareChange = Omit<HappeningEntry, 'room' | 'seq' | 'previous'>;

/** Doors hear of a new share within seconds; the proofs of before have faded after this long. */
const SETTLED_MS = 80_000;
const SLOT_MS = 10_000;
const MINUTE_MS = 60_000;
/** A room in which nobody was for so many minutes is not sampled. */
const QUIET_MINUTES = 3;

/** What is kept about a room besides its tables. */
export interface RoomMemory {
  now?: SampleCount;
  peak?: SampleCount;
  proving: { asked: number; proved: number };
  share: number;
  /** The share before it; absent: 1. */
  shareBefore?: number;
  /** Wall-clock ms since when; 0: always. */
  shareSince: number;
  /** The smallest share of the samples of the running minute. */
  minuteShare?: number;
  /** Wall-clock ms of the newest sample instant that was looked at. */
  sampledAt: number;
  /** Samples of the running minute. */
  samples: SampleCount[];
  status: Reconciliation;
  /** Seconds that entries of the log hold already. */
  entered: { stage: number; standby: number };
  /** The newest minute that was written down. */
  minute?: number;
  /** Index of the newest entry, its number in the room's chain, and the figures in it. */
  entry?: number;
  seq?: number;
  total?: Partial<Record<MetricId, EvidenceFigure>>;
  /** Sessions that were found not to count for good, as the log has them. */
  excluded?: number;
  /** Impressions of posts of other accounts that the log has. */
  posts?: PostImpressions;
  opened?: number;
  ended?: number;
  /** Figures of the pass over the raw records, once it was made. */
  final?: { readonly at: number; readonly figures: RoomFigures; readonly excluded: RoomNumbers['excluded'] };
}

/** One room as the tally counts it. */
export class AudienceRoom {
  readonly slug: string;
  readonly count: AudienceCount;
  readonly events = new EventCounts();
  /** Who has seen its card. */
  readonly reach = new DailyKeys();
  readonly downloads = new DownloadCount();
  hasEvents = false;
  isRunning = false;
  /** Anything changed since the last snapshot; since the last numbers; since the last minute entry. */
  dirty = false;
  untold = true;
  #unwritten = false;
  readonly #rules: CountingRules;
  /** Changes of the share that are not written down yet. */
  #shares: ShareChange[] = [];
  memory: RoomMemory = {
    ...{ proving: { asked: 0, proved: 0 }, share: 1, shareSince: 0, sampledAt: 0, samples: [] },
    ...{ status: 'reconciled', entered: { stage: 0, standby: 0 } },
  };

  constructor(
    slug: string,
    { moved, rules = DEFAULT_RULES }: { readonly moved?: number; readonly rules?: CountingRules } = {},
  ) {
    this.slug = slug;
    this.#rules = rules;
    this.count = new AudienceCount({ caches: rules.caches, ...(moved === undefined ? {} : { moved }) });
  }

  /** Wall-clock ms of the last record, event or question. */
  touchedAt = 0;

  /** A pass over its raw records is waiting or running. */
  isFinishing = false;

  /** True for a room that is over, and whose raw records have not been counted again. */
  get isUnfinished(): boolean {
    const { ended, final } = this.memory;
    return ended !== undefined && final === undefined && this.count.newest > 0;
  }

  #changed(): void {
    this.dirty = true;
    this.untold = true;
    this.#unwritten = true;
  }

  /** Takes the record at word `at`. */
  record(words: Int32Array, at: number): void {
    this.count.apply(words, at);
    this.#changed();
  }

  happened(door: string, life: string, events: RoomEvents): void {
    this.events.take(door, life, events);
    this.hasEvents = true;
    this.#changed();
  }

  /** A listener key did something on a day, at a door. */
  keyed(act: KeyedAct, door: string, day: number, key: DayKey): void {
    if (act === 'seen') this.reach.add(day, key.low, key.high);
    else this.downloads.take(door, day, key);
    this.#changed();
  }

  /** `now`: wall-clock ms by which minutes are counted. */
  card({ clocks, status }: RoomCard, now: number): void {
    this.isRunning = isRunning(status);
    this.#clocks(clocks.opened, isOver(status) ? clocks.ended : undefined, now);
  }

  #clocks(opened: number | undefined, said: number | undefined, now: number): void {
    const { memory } = this;
    // The machine's clock was set meanwhile: the end is now.
    const isAmiss = said !== undefined && (said > now + MINUTE_MS || said < (opened ?? said));
    const ended = isAmiss ? (memory.ended ?? now) : said;
    if (opened === memory.opened && ended === memory.ended) return;
    if (opened !== undefined) memory.opened = opened;
    if (ended !== undefined) memory.ended = ended;
    else delete memory.ended;
    this.dirty = true;
    this.untold = true;
  }

  state({ program }: RoomState): void {
    this.count.stage.changed(program.since, program.carries === 'stage');
  }

  /** True while samples of it say something. */
  isActive(at: number): boolean {
    const minute = Math.floor(at / MINUTE_MS);
    return this.count.newestLive >= minute - QUIET_MINUTES || (this.memory.now?.gross ?? 0) > 0;
  }

  /** Takes the sample of an instant in one go; undefined when nobody is there. */
  sample(at: number): AudienceSample | undefined {
    const scan = this.beginSample(at);
    if (!scan) return undefined;
    while (!scan.turn(SESSIONS_A_TURN));
    return this.endSample(scan.result);
  }

  /** Begins the sample of an instant, which is taken in turns; undefined when nobody is there. */
  beginSample(at: number): SampleScan | undefined {
    const share = this.sampleDue(at);
    return share && new SampleScan(this.count, at, share);
  }

  /** Who proves at an instant whose sample is to be taken now; undefined when nobody is there. */
  sampleDue(at: number): ProofShare | undefined {
    const { memory } = this;
    if (at <= memory.sampledAt || !this.isActive(at)) return undefined;
    memory.sampledAt = at;
    const settled = at - memory.shareSince >= SETTLED_MS;
    return { share: memory.share, before: memory.shareBefore ?? 1, settled };
  }

  /** Takes a sample that is complete. */
  endSample(sample: SampleCount): AudienceSample {
    const { memory } = this;
    const { at } = sample;
    memory.now = sample;
    memory.samples.push(sample);
    const { s, c, m, silent } = sample;
    memory.status = statusOf(this.#heardIn([sample]), memory.status);
    if (!memory.peak || m > memory.peak.m) memory.peak = sample;
    if (memory.share < 1) {
      memory.proving.asked += Math.round((s - silent) * memory.share);
      memory.proving.proved += Math.round((m - silent) * memory.share);
    }
    memory.minuteShare = Math.min(memory.minuteShare ?? 1, memory.share);
    const share = shareFor(s, memory.share, this.#rules.leastProving);
    if (share !== memory.share) {
      Object.assign(memory, { share, shareBefore: memory.share, shareSince: at });
      this.#shares.push({ v: 1, kind: 'happening', at, what: 'sampling', detail: `1/${1 / share}` });
    }
    this.#changed();
    return { at, s, c, m, gross: sample.gross };
  }

  /** Those of the time when the room was on: proofs outlast its end, and nobody hears anything any more. */
  #heardIn(samples: readonly SampleCount[]): readonly SampleCount[] {
    const { ended = Number.POSITIVE_INFINITY } = this.memory;
    return samples.filter(({ at }) => at <= ended);
  }

  /** Changes of the share since this was asked, in order. */
  takeShares(): readonly ShareChange[] {
    const changes = this.#shares;
    this.#shares = [];
    return changes;
  }

  /** The figures of a minute that is over, for the log; undefined when nothing happened in it. */
  closeMinute(minute: number): MinuteFigures | undefined {
    const { memory, count } = this;
    const samples = memory.samples.filter(({ at }) => Math.floor(at / MINUTE_MS) === minute);
    memory.samples = memory.samples.filter(({ at }) => Math.floor(at / MINUTE_MS) > minute);
    if ((!this.#unwritten && samples.length === 0) || minute <= (memory.minute ?? 0)) return undefined;
    memory.minute = minute;
    const { minuteShare = 1 } = memory;
    delete memory.minuteShare;
    this.#unwritten = false;
    const status = statusOf(this.#heardIn(samples), memory.status);
    const [most] = samples.toSorted((a, b) => b.c - a.c);
    if (status === 'client_only' && most && most.c > (memory.peak?.m ?? 0))
      memory.peak = { ...most, m: most.c };
    memory.status = status;
    const figures = figuresOf(this.#counted((minute + 1) * MINUTE_MS));
    const seconds = secondsOf({ count, proving: memory.proving });
    // What was written down stays; a share that was estimated anew must not take any of it back.
    const stage = Math.max(seconds.stage, memory.entered.stage);
    const standby = Math.max(seconds.standby, memory.entered.standby);
    const minuteSeconds = { stage: stage - memory.entered.stage, standby: standby - memory.entered.standby };
    memory.entered = { stage, standby };
    const total = entered(figures);
    if (total.listening_seconds)
      total.listening_seconds = {
        ...total.listening_seconds,
        net: stage + standby,
        gross: Math.max(total.listening_seconds.gross, stage + standby),
        parts: { stage, standby },
      };
    const excluded = excludedOf(count);
    // Who has not proven anything yet has no listening that could be taken back, and may count again.
    const { 'bytes-without-proof': _, ...kept } = excluded;
    const excludedNow = Object.values(kept).reduce((all, many) => all + many, 0);
    keepRisen(total, memory.total ?? {}, Math.max(0, excludedNow - (memory.excluded ?? 0)));
    memory.excluded = excludedNow;
    memory.total = total;
    // The log has not taken it yet.
    delete memory.entry;
    const happened = this.hasEvents ? this.events.totals : undefined;
    const failures = happened?.failures;
    const reactions = happened && reactionsOf(happened);
    const sessions = (total.tuned_in_live?.net ?? 0) + (total.drop_ins?.net ?? 0);
    return {
      ...{ v: 1, kind: 'minute', minute, status, total, seconds: minuteSeconds },
      samples: samples.map(({ at, s, c, m, gross }) => [at / 1000, s, c, m, gross] as const),
      excluded,
      ...(failures && Object.keys(failures).length > 0 ? { failures } : {}),
      ...(reactions ? { reactions } : {}),
      ...(total.tuned_in_live ? { sessions } : {}),
      sampling: Math.round(Math.min(minuteShare, memory.share) * 1e6),
      definitions: this.#rules.definitionsHash,
    };
  }

  /** What posts of other accounts have counted, for the log; undefined when it has that, or is not due. */
  closePosts(minute: number): PostsFigures | undefined {
    if (!this.hasEvents) return undefined;
    const { posts } = this.events.totals;
    const entry = postsToWrite(posts, this.memory.posts ?? {}, minute);
    if (entry) this.memory.posts = posts;
    return entry;
  }

  #counted(at: number): CountedRoom {
    const { memory, count } = this;
    const { opened, ended } = memory;
    return {
      ...{ count, now: memory.now, peak: memory.peak, proving: memory.proving, status: memory.status },
      events: this.hasEvents ? this.events.totals : undefined,
      ...{ reach: this.reach, downloads: this.downloads },
      lasted: opened === undefined ? 0 : Math.max(0, (Math.min(at, ended ?? at) - opened) / 1000),
    };
  }

  /** The pass over the raw records is done: its figures stand beside those that were counted live. */
  finish(
    final: NonNullable<RoomMemory['final']>,
    at: { entry: number | undefined; seq: number | undefined },
  ): void {
    const { memory } = this;
    memory.final = final;
    if (at.entry !== undefined) memory.entry = at.entry;
    if (at.seq !== undefined) memory.seq = at.seq;
    this.dirty = true;
    this.untold = true;
  }

  /** The figures as they are, counted live. */
  figures(at = this.memory.sampledAt): RoomFigures {
    return figuresOf(this.#counted(at));
  }

  /** The numbers as they are. */
  numbers(at: number): RoomNumbers {
    const { memory, count } = this;
    // Nobody is here any more, and nobody looks: the last sample is of another time.
    if (memory.now && at - memory.now.at > 3 * SLOT_MS && !this.isActive(at))
      memory.now = { ...memory.now, s: 0, c: 0, m: 0, gross: 0, silent: 0, error: 0 };
    const figures = figuresOf(this.#counted(at));
    const { final } = memory;
    return {
      ...{
        v: 1,
        room: this.slug,
        at,
        status: memory.status,
        state: final && Object.keys(final.figures).length > 0 ? 'final' : 'live',
      },
      metrics: published(
        final ? afterEnd(figures, final.figures) : figures,
        memory.entry,
        final ? afterEnd(memory.total ?? {}, final.figures) : (memory.total ?? {}),
      ),
      excluded: final && Object.keys(final.figures).length > 0 ? final.excluded : excludedOf(count),
      ...(this.hasEvents && Object.keys(this.events.totals.failures).length > 0
        ? { failures: this.events.totals.failures }
        : {}),
      sampling: memory.share,
    };
  }
}

/**
 * How the two counts of some samples agree. Of those whose proofs outlast their sound nobody says that the sound came from
 * elsewhere; and of a time when nobody was there it says nothing: it stays as it was.
 */
function statusOf(samples: readonly SampleCount[], was: Reconciliation): Reconciliation {
  const sum = (of: (sample: SampleCount) => number): number =>
    samples.reduce((all, sample) => all + of(sample), 0);
  const silent = sum((sample) => sample.silent);
  const delivered = sum(({ s }) => s) - silent;
  const proven = sum(({ m, elsewhere = 0 }) => m + elsewhere) - silent;
  return delivered + proven + silent === 0 ? was : reconcile(delivered, proven, silent);
}

/** The sample instants in (after, until], in order, at most the newest `most`. */
export function instantsBetween(after: number, until: number, most: number): number[] {
  const last = Math.floor(until / SLOT_MS) * SLOT_MS;
  const first = Math.max(Math.floor(after / SLOT_MS) * SLOT_MS + SLOT_MS, last - (most - 1) * SLOT_MS);
  return Array.from({ length: Math.max(0, (last - first) / SLOT_MS + 1) }, (_, i) => first + i * SLOT_MS);
}
