import {
  type Evening,
  type EveningEvent,
  type EveningJoins,
  type EveningPoint,
  MAX_EVENTS,
  MAX_POINTS,
} from '../wire/evening.ts';
import type { EvidenceEntry, HappeningEntry, MinuteEntry } from '../wire/evidence-entry.ts';
import { togetherIfFew } from '../wire/figures/small-counts.ts';
import { SLOT_S } from '../wire/session-record.ts';

/** Steps that people can read on an axis, in seconds. */
const STEPS = [SLOT_S, 20, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, 86_400] as const;

/** An entry of one room, with its index in the log. */
export interface LoggedItem {
  readonly index: number;
  readonly entry: EvidenceEntry;
}

/**
 * The chart of a room's evening. Entries are added in log order as they are written. When there are more points than
 * the chart can hold, the step between points grows, and each point keeps the largest of its counts, so a year needs no
 * more memory than an hour.
 */
export class EveningPicture {
  readonly #room: string;
  #step = 0;
  #points: EveningPoint[] = [];
  #joins: EveningJoins[] = [];
  readonly #events: EveningEvent[] = [];
  #before: MinuteEntry | undefined;

  constructor(room: string) {
    this.#room = room;
  }

  /** Adds one entry; entries without a picture are left out. */
  add({ index, entry }: LoggedItem): void {
    if (entry.kind === 'happening') this.#happened(eventOf(entry, index));
    if (entry.kind !== 'minute') return;
    for (const sample of entry.samples) putPoint(this.#points, sample, this.step);
    const joined = joinsOf(this.#before, entry);
    if (joined) putJoins(this.#joins, joined, this.step);
    this.#before = entry;
    while (Math.max(this.#points.length, this.#joins.length) > MAX_POINTS && this.#step < STEPS.length - 1)
      this.#widen();
  }

  /** Seconds between two points. */
  get step(): number {
    return STEPS[this.#step] ?? SLOT_S;
  }

  /** The picture so far; `at` is wall-clock ms. */
  at(at: number): Evening {
    const { step } = this;
    return {
      ...{ v: 1, room: this.#room, at, step },
      points: [...this.#points],
      joins: this.#joins.map(toldJoins),
      events: [...this.#events],
    };
  }

  #widen(): void {
    this.#step += 1;
    const [points, joins] = [this.#points, this.#joins];
    this.#points = [];
    this.#joins = [];
    for (const point of points) putPoint(this.#points, point, this.step);
    for (const one of joins) putJoins(this.#joins, one, this.step);
  }

  /** Beyond the limit the oldest rung or silence makes room for a clock or a note; others are left out. */
  #happened(event: EveningEvent): void {
    if (this.#events.length >= MAX_EVENTS) {
      const oldest = isMinor(event) ? -1 : this.#events.findIndex(isMinor);
      if (oldest < 0) return;
      this.#events.splice(oldest, 1);
    }
    this.#events.push(event);
  }
}

/** Failures of a minute that stand for fewer than 20 are told as one, `few`. */
function toldJoins(joins: EveningJoins): EveningJoins {
  const { alone, few } = togetherIfFew(Object.entries(joins.failures));
  return { ...joins, failures: Object.fromEntries(few ? [...alone, ['few', few.count]] : alone) };
}

/** Makes the chart of a room's evening from all its entries. */
export function eveningOf(room: string, at: number, entries: Iterable<LoggedItem>): Evening {
  const picture = new EveningPicture(room);
  for (const entry of entries) picture.add(entry);
  return picture.at(at);
}

const isMinor = ({ what }: EveningEvent): boolean =>
  what === 'rung' || what === 'sampling' || what === 'dead-air';

const eventOf = (happening: HappeningEntry, entry: number): EveningEvent => {
  const { at, what, detail, seq, author, written, answers, corrects } = happening;
  const note = {
    ...{ seq, author: author ?? '', written: Math.floor((written ?? at) / 1000) },
    ...(answers === undefined ? {} : { answers }),
    ...(corrects === undefined ? {} : { corrects }),
  };
  return {
    at: Math.floor(at / 1000),
    what,
    ...(detail === undefined ? {} : { detail }),
    entry,
    ...(what === 'note' ? { note } : {}),
  };
};

/** Puts a sample behind the others, or into the last one when it belongs to the same step. */
function putPoint(points: EveningPoint[], [at, s, c, m, gross]: EveningPoint, step: number): void {
  const start = step === SLOT_S ? at : at - (at % step);
  const last = points.at(-1);
  if (last?.[0] !== start) points.push([start, s, c, m, gross]);
  else
    points[points.length - 1] = [
      start,
      Math.max(last[1], s),
      Math.max(last[2], c),
      Math.max(last[3], m),
      Math.max(last[4], gross),
    ];
}

function putJoins(
  joins: EveningJoins[],
  { at, attempts, successes, failures }: EveningJoins,
  step: number,
): void {
  const start = at - (at % Math.max(60, step));
  const last = joins.at(-1);
  if (last?.at !== start) {
    joins.push({ at: start, attempts, successes, failures });
    return;
  }
  const sum: Record<string, number> = { ...last.failures };
  for (const [reason, n] of Object.entries(failures)) sum[reason] = (sum[reason] ?? 0) + n;
  joins[joins.length - 1] = {
    at: start,
    attempts: last.attempts + attempts,
    successes: last.successes + successes,
    failures: sum,
  };
}

/** The joins since the entry before: entries hold totals. */
function joinsOf(before: MinuteEntry | undefined, now: MinuteEntry): EveningJoins | undefined {
  const grown = (id: 'join_attempts' | 'join_success'): number =>
    Math.max(0, (now.total[id]?.net ?? 0) - (before?.total[id]?.net ?? 0));
  const failures: Record<string, number> = {};
  for (const [reason, total] of Object.entries(now.failures ?? {})) {
    const more = total - (before?.failures?.[reason as keyof MinuteEntry['failures']] ?? 0);
    if (more > 0) failures[reason] = more;
  }
  const [attempts, successes] = [grown('join_attempts'), grown('join_success')];
  if (attempts === 0 && successes === 0 && Object.keys(failures).length === 0) return undefined;
  return { at: now.minute * 60, attempts, successes, failures };
}
