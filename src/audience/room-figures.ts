/** Figures from what was counted: the same for pages, for the evidence log and for the final pass. */

import type { EvidenceFigure } from '../wire/evidence-entry.ts';
import { EXCLUSIONS, type Exclusion, GROWS_AFTER_END, type MetricId, metricOf } from '../wire/metrics.ts';
import type { Figure, Reconciliation } from '../wire/numbers.ts';
import { type AudienceCount, CLASS, TICKS } from './audience-count.ts';
import { definitionOf } from './definitions.ts';
import type { EventTotals } from './event-counts.ts';
import type { SampleCount } from './room-sample.ts';
import type { DailyKeys } from './tables/daily-keys.ts';
import type { DayPeople } from './tables/day-people.ts';
import type { DownloadCount } from './tables/download-count.ts';

/** What a count says in the end. */
export interface CountedSums
  extends Pick<AudienceCount, 'sums' | 'replays' | 'replayKeys' | 'earlier' | 'excluded'> {
  readonly today: {
    readonly day: number;
    readonly people: Pick<DayPeople, 'net' | 'gross' | 'error' | 'isExact'>;
  };
  readonly live: { readonly size: number };
  readonly replay: { readonly size: number };
}

/** The counts from which a room's figures are computed. */
export interface CountedRoom {
  readonly count: CountedSums;
  /** Undefined while no door has said anything of it. */
  readonly events: EventTotals | undefined;
  /** Absent where raw records are counted again: they are not in them. */
  readonly reach?: DailyKeys;
  readonly downloads?: DownloadCount;
  readonly now: SampleCount | undefined;
  readonly peak: SampleCount | undefined;
  /** Of samples in which not every session was asked for proofs: how many could prove, and how many of them did. */
  readonly proving: { readonly asked: number; readonly proved: number };
  readonly status: Reconciliation;
  /** How long the room has been on so far, seconds. */
  readonly lasted: number;
}

/** A figure before it is formatted: what a log entry contains, and the range between the two counts. */
export interface RoomFigure extends EvidenceFigure {
  readonly low?: number;
  readonly high?: number;
}
/** Figures by id; an unknown figure is absent. */
export type RoomFigures = Partial<Record<MetricId, RoomFigure>>;

const CONFIDENCE_95 = 1.96;
const whole = Math.floor;

/** Whole seconds of sound, by what the program carried: net, and gross (before any session is excluded). */
export function secondsOf({ count, proving }: Pick<CountedRoom, 'count' | 'proving'>) {
  const { stage, standby } = count.sums;
  const share = proving.asked > 0 ? proving.proved / proving.asked : 1;
  const net = (of: readonly number[]): number =>
    Math.max(0, whole(((of[CLASS.counted] as number) + (of[CLASS.unsampled] as number) * share) / TICKS));
  const all = (of: readonly number[]): number =>
    Math.max(0, whole(of.reduce((sum, each) => sum + each, 0) / TICKS));
  return { stage: net(stage), standby: net(standby), gross: all(stage) + all(standby) };
}

/** Computes all figures that are known. */
export function figuresOf(of: CountedRoom): RoomFigures {
  const { count, now, peak, status, events } = of;
  const figures: RoomFigures = {};
  const put = (id: MetricId, figure: RoomFigure | undefined): void => {
    if (figure) figures[id] = figure;
  };
  if (now) put('listeners_now', sampled(now, status));
  if (peak) {
    // Its m is what counted then, whatever the two counts say of each other now.
    const { parts: _, ...figure } = sampled(peak, 'reconciled');
    put('peak_concurrent', figure);
  }
  if (count.live.size > 0 || peak) Object.assign(figures, sessions(of));
  if (count.replay.size > 0 || count.replays.gross > 0) put('replay_listens', replayed(count));
  const [live, replay] = [figures.tuned_in_live, figures.replay_listens];
  if (live) {
    const error = (live.error ?? 0) + (replay?.error ?? 0);
    put('listens_total', {
      net: live.net + (replay?.net ?? 0),
      gross: live.gross + (replay?.gross ?? 0),
      method: live.method === 'counted' ? (replay?.method ?? live.method) : live.method,
      ...(error > 0 ? { error } : {}),
      parts: { live: live.net, replay: replay?.net ?? 0 },
    });
  }
  if (events) Object.assign(figures, happened(events));
  if (of.reach && of.reach.keys.size > 0) put('post_reach', reached(of.reach));
  if (of.downloads && of.downloads.gross > 0)
    put('downloads', { net: of.downloads.net, gross: of.downloads.gross, method: 'counted' });
  return figures;
}

/** A sample as a figure. What only a server says, and what was proven, are its parts. */
function sampled(sample: SampleCount, status: Reconciliation): RoomFigure {
  const { s, c, m, gross, silent, error, elsewhere = 0 } = sample;
  // Proofs of those who have left outlast their sound: they are in c, and no listeners.
  const ends = { low: Math.min(s, c, m), high: Math.max(s, m + elsewhere) };
  if (status === 'client_only') return { low: m, high: c, net: c, gross, method: 'counted' };
  return {
    ...ends,
    net: m,
    gross,
    method: error > 0 ? 'sampled' : 'counted',
    ...(error > 0 ? { error } : {}),
    parts: { proven: m - silent, server_only: silent },
  };
}

/** Replays, once per key and day. */
function replayed({ replays, replayKeys: { keys } }: CountedSums): RoomFigure {
  const net = replays.beside + keys.size;
  const error = replays.error + keys.error;
  return {
    ...{ net, gross: Math.max(net, replays.gross), method: error > 0 ? 'sketched' : 'counted' },
    ...(error > 0 ? { error } : {}),
  };
}

function sessions(of: CountedRoom): RoomFigures {
  const { count, proving, lasted, peak } = of;
  const { listened, tuned, embedded } = count.sums;
  const share = proving.asked > 0 ? proving.proved / proving.asked : 1;
  const some = (listened[CLASS.unsampled] as number) > 0;
  const method = some ? 'sampled' : 'counted';
  // The share is that of those who were asked; each of the others has proven or not by the same chance.
  const error = (many: number): { error?: number } =>
    some
      ? {
          error: Math.ceil(
            CONFIDENCE_95 * many * Math.sqrt((share * (1 - share)) / Math.max(1, proving.asked)) +
              CONFIDENCE_95 * Math.sqrt(many * share * (1 - share)),
          ),
        }
      : {};
  const net = (sums: readonly number[]): number =>
    Math.round((sums[CLASS.counted] as number) + (sums[CLASS.unsampled] as number) * share);
  const all = (sums: readonly number[]): number => sums.reduce((sum, each) => sum + each, 0);
  const seconds = secondsOf(of);
  const listening = seconds.stage + seconds.standby;
  const unsampled = (sums: readonly number[]): number => sums[CLASS.unsampled] as number;
  const { people } = count.today;
  const days = Object.fromEntries([
    ...count.earlier.map(({ day, people }) => [isoDay(day), people] as const),
    [isoDay(count.today.day), people.net] as const,
  ]);
  const figures: RoomFigures = {
    tuned_in_live: { net: net(tuned), gross: all(tuned), method, ...error(unsampled(tuned)) },
    ...(all(embedded) > 0
      ? {
          embed_listens: {
            // Of a session that was found not to count, nobody knows any more where it was.
            net: Math.max(0, Math.min(net(embedded), net(tuned))),
            ...{ gross: all(embedded), method, ...error(unsampled(embedded)) },
          },
        }
      : {}),
    drop_ins: {
      net: net(listened) - net(tuned),
      gross: all(listened) - all(tuned),
      method,
      ...error(unsampled(listened) - unsampled(tuned)),
    },
    listening_seconds: {
      net: listening,
      gross: Math.max(listening, seconds.gross),
      method,
      ...error((unsampled(count.sums.stage) + unsampled(count.sums.standby)) / TICKS),
      parts: { stage: seconds.stage, standby: seconds.standby },
    },
    unique_listeners: {
      net: people.net,
      gross: people.gross,
      method: people.isExact ? 'counted' : 'sketched',
      ...(people.isExact ? {} : { error: people.error }),
      // Different days are different keys: they are told apart, and never summed.
      ...(count.earlier.length > 0 ? { parts: days } : {}),
    },
  };
  if (lasted > 0 && peak) {
    // Who came and went between two samples is in the seconds and in no sample.
    const average = (all: number, most: number): number => Math.min(most, whole(all / lasted));
    figures.avg_concurrent = {
      net: average(listening, peak.m),
      gross: average(Math.max(listening, seconds.gross), peak.gross),
      method,
    };
  }
  return figures;
}

/** Who has seen the card today; days are told apart. */
function reached({ day, keys, earlier }: DailyKeys): RoomFigure {
  const days = [...earlier.map((one) => [isoDay(one.day), one.keys] as const), [isoDay(day), keys.size]];
  return {
    ...{ net: keys.size, gross: keys.size, method: keys.isExact ? 'counted' : 'sketched' },
    ...(keys.isExact ? {} : { error: keys.error }),
    ...(earlier.length > 0 ? { parts: Object.fromEntries(days) as Record<string, number> } : {}),
  };
}

/** A day as people write it, from days since 1970. */
export const isoDay = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);

function happened(events: EventTotals): RoomFigures {
  const plain = (net: number): RoomFigure => ({ net, gross: net, method: 'counted' });
  const failed = Object.values(events.failures).reduce((sum, many) => sum + many, 0);
  // Attempts and what became of them may be told by two doors, one after the other.
  const attempts = Math.max(events.attempts, events.successes + failed);
  const figures: RoomFigures = {
    visits: plain(events.visits),
    join_attempts: plain(attempts),
    join_retries: plain(events.retries),
    join_success: plain(events.successes),
    join_failures: { ...plain(failed), ...(failed > 0 ? { parts: { ...events.failures } } : {}) },
    post_impressions: plain(events.impressions),
  };
  // What no door has ever told is not known, which is not 0.
  if (events.pages !== undefined) figures.in_room_now = plain(events.pages);
  if (events.embedImpressions > 0) figures.embed_impressions = plain(events.embedImpressions);
  return figures;
}

/** Numbers of excluded sessions, by reason. */
export const excludedOf = (count: CountedSums): Partial<Record<Exclusion, number>> =>
  Object.fromEntries(
    EXCLUSIONS.map((code, i) => [code, count.excluded[i] ?? 0] as const).filter(([, n]) => n > 0),
  );

/**
 * Figures as pages and programs receive them. `entry` is the index of the log entry in which they appeared as
 * `written`.
 */
export function published(
  figures: RoomFigures,
  entry: number | undefined,
  written: RoomFigures,
): Partial<Record<MetricId, Figure>> {
  return Object.fromEntries(
    Object.entries(figures).map(([id, figure]) => [
      id,
      {
        ...figure,
        value: figure.net,
        unit: metricOf(id as MetricId).unit,
        definition: definitionOf(id as MetricId),
        // A figure that has grown since rests on the entry to come.
        ...(entry === undefined || written[id as MetricId]?.net !== figure.net ? {} : { entry }),
      },
    ]),
  );
}

/** The figures of a room that is over: those of the pass over its records, but what has grown since as it is now. */
export function afterEnd(live: RoomFigures, final: RoomFigures): RoomFigures {
  const grown = Object.entries(live).filter(([id]) => GROWS_AFTER_END.has(id as MetricId));
  const figures: RoomFigures = { ...live, ...final, ...Object.fromEntries(grown) };
  const { tuned_in_live: tuned, replay_listens: replay, listens_total: total } = figures;
  if (final.tuned_in_live && tuned && total)
    figures.listens_total = {
      ...total,
      ...{ net: tuned.net + (replay?.net ?? 0), gross: tuned.gross + (replay?.gross ?? 0) },
      parts: { live: tuned.net, replay: replay?.net ?? 0 },
    };
  return figures;
}

/** Figures as the evidence log holds them: without their range, which follows from the samples. */
export const entered = (figures: RoomFigures): Partial<Record<MetricId, EvidenceFigure>> =>
  Object.fromEntries(
    Object.entries(figures).map(([id, { net, gross, method, error, parts }]) => [
      id,
      {
        ...{ net, gross, method, ...(error === undefined ? {} : { error }) },
        // Parts add up in the log; people of several days do not.
        ...(parts && metricOf(id as MetricId).unit !== 'people' ? { parts } : {}),
      },
    ]),
  );
