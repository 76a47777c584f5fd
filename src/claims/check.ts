import { type MetricId, metricOf, type Unit } from '../wire/metrics.ts';
import { type NotAdded, whyNotAdded } from './adding.ts';
import type { ClaimFacts, ClaimFigure } from './facts.ts';
import { NOUNS, type NounFound, type NounId } from './language/noun.ts';
import type { SaidTime } from './language/said-time.ts';
import { readStatement, type Statement } from './language/statement.ts';
import { momentOf } from './moment-of.ts';
import type { Unreadable } from './number/characters.ts';
import type { SaidLanguage } from './number/numeral.ts';
import type { SaidNumber } from './number/said-number.ts';
import { type SumComponent, sumOf } from './sum.ts';

/** The verdict on a number. */
export type VerdictName = 'matches' | 'named-wrongly' | 'sum-of-unlike' | 'no-match';

/** A figure that is close to the number. `ratio`: the number divided by the figure's value. */
export interface NearestFigure {
  readonly metric: MetricId;
  readonly value: number;
  readonly ratio: number;
  /** Of listens: live and replay. */
  readonly parts?: Readonly<Record<string, number>>;
}

/** The checker's answer, as given by the API, the command line and the card. */
export interface ClaimVerdict {
  readonly verdict: VerdictName;
  /** The number that was read; of hours of listening, in hours. */
  readonly number: number;
  /** The words that say what was counted; empty when there are none. */
  readonly noun: string;
  /** What these words were taken for. */
  readonly as: NounId;
  /** The figure that it is. */
  readonly metric?: MetricId;
  readonly value?: number;
  readonly unit?: Unit;
  /** Half of the figure's 95 % interval, where it is an estimate. */
  readonly error?: number;
  /** Parts that are always shown beside each other: live and replay. */
  readonly parts?: Readonly<Record<string, number>>;
  /** Other figures of the same name that the number fits as well. */
  readonly also?: readonly MetricId[];
  /** The three figures that come closest. */
  readonly nearest: readonly NearestFigure[];
  /** Index in the evidence log of the entry that it rests on. */
  readonly entry?: number;
  /** Wall-clock ms of the minute that it is about. */
  readonly at?: number;
  /** A counter that went on: what it says now. */
  readonly later?: number;
  readonly components?: readonly SumComponent[];
  readonly sum?: number;
  /** True when the figure replaces one that was published first. */
  readonly corrected?: true;
  /** How the number was understood; in JSON, `high` is null where there is no upper end. */
  readonly said: SaidNumber;
  readonly room: string;
}

/** The reason why there is no verdict. */
export type ClaimUnchecked =
  | { readonly why: Unreadable }
  | { readonly why: 'unlike-figures'; readonly reason: NotAdded }
  /** The figures do not reach to the time of the statement. */
  | { readonly why: 'time-unknown' }
  | { readonly why: 'no-figures' };

/** How a statement is to be interpreted. */
export interface CheckOptions {
  readonly language?: SaidLanguage;
  /** The zone of times of day that name none; UTC. IANA name. */
  readonly zone?: string;
  /** The time of the statement, where its text says none. */
  readonly at?: SaidTime;
}

const NEAREST = 3;
/** A number of fewer digits is a number of seconds by chance. */
const SECONDS_DIGITS = 3;
/** Counters that are shown while they run: a number below the last one was right at its moment. */
const SHOWN_RUNNING: ReadonlySet<MetricId> = new Set(['post_impressions', 'embed_impressions']);
/** What does not speak of one moment. */
const NOT_AT_A_TIME: ReadonlySet<MetricId> = new Set(['peak_concurrent', 'avg_concurrent']);

/** Compares a statement with the figures of a room. */
export function checkClaim(
  text: string,
  facts: ClaimFacts,
  options: CheckOptions = {},
): { readonly verdict: ClaimVerdict } | ClaimUnchecked {
  const found = readStatement(text, options.language);
  if ('why' in found) return found;
  if ('addition' in found) {
    const terms = found.addition.terms.map(({ noun }, i) => ({
      of: `${i}`,
      metric: noun.noun.means[0] as MetricId,
    }));
    const reason = whyNotAdded(terms);
    return reason ? { why: 'unlike-figures', reason } : { why: 'two-numbers' };
  }
  const { statement } = found;
  const moment = momentOf(statement.time ?? options.at, facts, options.zone ?? 'UTC');
  if (moment.kind === 'unknown') return { why: 'time-unknown' };
  const figures = moment.kind === 'minute' ? moment.minute.figures : facts.figures;
  if (figures.size === 0) return { why: 'no-figures' };
  const atATime = moment.kind === 'minute' && moment.exact;
  return { verdict: verdictOf(statement, figures, facts, atATime) };
}

function verdictOf(
  { number, noun }: Statement,
  figures: ReadonlyMap<MetricId, ClaimFigure>,
  facts: ClaimFacts,
  atATime: boolean,
): ClaimVerdict {
  const means = atATime ? atMinute(noun) : noun.noun.means;
  const said = times(number, noun.noun.factor);
  const base = {
    ...{ number: number.value, noun: noun.said, as: noun.noun.id, said: number, room: facts.room },
    nearest: nearestOf(said, figures, noun),
  };
  const right = means.flatMap((metric) => {
    const figure = figures.get(metric);
    return figure && fits(figure, said.low, said.high) ? [figure] : [];
  });
  const [first, ...more] = right;
  if (first) {
    const also = more.map(({ metric }) => metric);
    return { verdict: 'matches', ...base, ...rests(first), ...(also.length > 0 ? { also } : {}) };
  }
  const other = otherFigure(said, figures, means);
  if (other) return { verdict: 'named-wrongly', ...base, ...rests(other) };
  if (!atATime) {
    const passed = passedBy(said, means, facts);
    if (passed) return { verdict: 'matches', ...base, ...passed };
  }
  const components = noun.noun.factor === 1 ? sumOf(said, figures, facts) : undefined;
  if (components) {
    const sum = components.reduce((all, { value }) => all + value, 0);
    const entry = components.find((one) => one.entry !== undefined)?.entry;
    return { verdict: 'sum-of-unlike', ...base, components, sum, ...(entry === undefined ? {} : { entry }) };
  }
  return { verdict: 'no-match', ...base };
}

/** At one minute, those who listen then come first, and what is of the whole room says nothing. */
const atMinute = ({ noun }: NounFound): readonly MetricId[] => {
  const now: readonly MetricId[] = noun.means.filter(
    (metric) => metric === 'listeners_now' || metric === 'in_room_now',
  );
  return [...now, ...noun.means.filter((metric) => !now.includes(metric) && !NOT_AT_A_TIME.has(metric))];
};

const fits = ({ low, high }: ClaimFigure, from: number, to: number): boolean => high >= from && low < to;

/** The number in the figure's unit: hours of listening are counted in seconds. */
const times = (number: SaidNumber, factor: number): SaidNumber =>
  factor === 1
    ? number
    : {
        ...number,
        ...{ value: number.value * factor, low: number.low * factor, high: number.high * factor },
        near: [number.near[0] * factor, number.near[1] * factor],
      };

const rests = ({ metric, value, error, parts, entry, at, corrected }: ClaimFigure) => ({
  ...{ metric, value, unit: metricOf(metric).unit },
  ...(error === undefined ? {} : { error }),
  ...(parts ? { parts } : {}),
  ...(entry === undefined ? {} : { entry }),
  ...(at === undefined ? {} : { at }),
  ...(corrected ? { corrected } : {}),
});

/** A figure of another name whose number this is. */
function otherFigure(
  { near, digits, bound }: SaidNumber,
  figures: ReadonlyMap<MetricId, ClaimFigure>,
  means: readonly MetricId[],
): ClaimFigure | undefined {
  const order = [...NOUNS.none.means, 'listening_seconds' as const];
  return order
    .filter((metric) => !means.includes(metric))
    .flatMap((metric) => figures.get(metric) ?? [])
    .filter(({ value }) => value > 0 || bound === 'rounded')
    .filter(({ metric }) => metric !== 'listening_seconds' || digits >= SECONDS_DIGITS)
    .find((figure) => fits(figure, near[0], near[1]));
}

/** A counter that was shown while it ran, and said this then. */
function passedBy(
  said: SaidNumber,
  means: readonly MetricId[],
  { minutes, figures }: ClaimFacts,
): Pick<ClaimVerdict, 'metric' | 'value' | 'at' | 'later'> | undefined {
  for (const metric of means) {
    if (!SHOWN_RUNNING.has(metric)) continue;
    const last = figures.get(metric);
    const i = minutes.findIndex((minute) => (minute.figures.get(metric)?.high ?? -1) >= said.near[0]);
    const then = minutes[i]?.figures.get(metric);
    // The counter passed the number between two minutes that follow each other.
    const passed = i > 0 && (minutes[i]?.minute ?? 0) - (minutes[i - 1]?.minute ?? 0) <= 1;
    if (last && then && (fits(then, said.near[0], said.near[1]) || passed))
      return { ...rests(then), later: last.value };
  }
  return undefined;
}

/** The figures closest to a number by ratio. */
function nearestOf(
  { value: number }: SaidNumber,
  figures: ReadonlyMap<MetricId, ClaimFigure>,
  { noun }: NounFound,
): readonly NearestFigure[] {
  const timed = noun.factor > 1 || noun.id === 'seconds';
  const off = ({ value }: ClaimFigure): number =>
    number > 0 && value > 0 ? Math.abs(Math.log(number / value)) : Math.abs(number - value) + 1e3;
  return [...figures.values()]
    .filter(({ metric }) => timed || metric !== 'listening_seconds')
    .sort((a, b) => off(a) - off(b))
    .slice(0, NEAREST)
    .map(({ metric, value, parts }) => ({
      ...{ metric, value },
      ratio: value > 0 ? Number((number / value).toPrecision(4)) : 0,
      ...(metric === 'listens_total' && parts ? { parts } : {}),
    }));
}
